import NIOCore

/// One call whose reply is kept.
final class Question: ReplyReceiver {
  private let promise: EventLoopPromise<ByteBuffer>
  var readsReplies: Bool { true }

  init(promise: EventLoopPromise<ByteBuffer>) {
    self.promise = promise
  }

  func received(_ reply: ByteBuffer?, isRefusal: Bool, on handler: LoadHandler) {
    handler.receiver = nil
    promise.succeed(reply ?? ByteBuffer())
  }

  func lost(_ handler: LoadHandler) {
    promise.fail(Failure("the server closed a connection"))
  }
}

extension LoadGenerator {
  /// Makes one call on the first connection.
  func ask(_ message: ByteBuffer) async throws -> ByteBuffer {
    let promise = loop.makePromise(of: ByteBuffer.self)
    loop.execute { [handlers] in
      handlers.value.first?.framing = .line
      handlers.value.first?.receiver = Question(promise: promise)
      handlers.value.first?.send(message)
    }
    return try await promise.futureResult.get()
  }
}
