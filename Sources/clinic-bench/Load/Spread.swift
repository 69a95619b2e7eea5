import NIOCore

/// One change, sent on the first connection, and its way to all the others. Lives on the event
/// loop.
final class Spread: ReplyReceiver {
  /// Nanoseconds since the change was sent.
  struct Times: Sendable {
    var reply: UInt32
    var first: UInt32
    var last: UInt32
    /// What the others were sent.
    var message: ByteBuffer
  }

  private let promise: EventLoopPromise<Times>
  private let sentAt = NIODeadline.now()
  private var reply: NIODeadline?
  private var first: NIODeadline?
  private var last: NIODeadline?
  private var message = ByteBuffer()
  private var missing: Set<Int> = []
  private var handlers: [LoadHandler] = []

  /// Small messages: keeping one costs nothing.
  var readsReplies: Bool { true }

  init(promise: EventLoopPromise<Times>) {
    self.promise = promise
  }

  func start(_ handlers: [LoadHandler], message: ByteBuffer) {
    self.handlers = handlers
    missing = Set(handlers.map(\.number).dropFirst())
    for handler in handlers {
      handler.framing = .line
      handler.receiver = self
    }
    handlers.first?.send(message)
  }

  func received(_ reply: ByteBuffer?, isRefusal: Bool, on handler: LoadHandler) {
    let now = NIODeadline.now()
    if isRefusal {
      return promise.fail(
        Failure("a change was refused: \(reply.map { String(buffer: $0) } ?? "")"))
    }
    if handler.number == 0 {
      self.reply = now
    } else {
      if first == nil {
        first = now
        message = reply ?? message
      }
      if missing.remove(handler.number) != nil { last = now }
    }
    guard missing.isEmpty, let replied = self.reply else { return }
    for handler in handlers { handler.receiver = nil }
    promise.succeed(
      Times(
        reply: since(replied), first: since(first ?? now), last: since(last ?? now),
        message: message))
  }

  func lost(_ handler: LoadHandler) {
    promise.fail(Failure("the server closed a connection"))
  }

  private func since(_ time: NIODeadline) -> UInt32 {
    UInt32(clamping: (time - sentAt).nanoseconds)
  }
}
