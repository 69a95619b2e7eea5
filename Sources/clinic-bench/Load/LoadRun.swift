import NIOCore

/// One measurement on open connections: a call under way on each, until the time is over or the
/// calls are used up. Lives on the event loop.
final class LoadRun: ReplyReceiver {
  private var source: any CallSource
  private let begin = NIODeadline.now()
  private let end: NIODeadline
  private let promise: EventLoopPromise<LoadResult>
  private var active = 0
  private var last: NIODeadline
  private var latencies: [UInt32] = []
  private var refusal: String?

  var readsReplies: Bool { source.readsReplies }

  init(_ source: any CallSource, seconds: Double, promise: EventLoopPromise<LoadResult>) {
    self.source = source
    self.promise = promise
    end = begin + .nanoseconds(Int64(seconds * 1e9))
    last = begin
    latencies.reserveCapacity(1 << 18)
  }

  func start(_ handlers: [LoadHandler]) {
    active = handlers.count
    for handler in handlers {
      handler.receiver = self
      proceed(handler, after: nil)
    }
  }

  func received(_ reply: ByteBuffer?, isRefusal: Bool, on handler: LoadHandler) {
    if isRefusal {
      if refusal == nil { refusal = reply.map { String(buffer: $0) } }
      return finish(handler)
    }
    proceed(handler, after: reply)
  }

  func lost(_ handler: LoadHandler) {
    promise.fail(Failure("the server closed a connection"))
  }

  private func proceed(_ handler: LoadHandler, after reply: ByteBuffer?) {
    let now = NIODeadline.now()
    let next = source.next(for: handler.number, after: reply)
    if case .part(let message) = next { return handler.send(message) }
    if handler.sentAt >= begin {
      latencies.append(UInt32(clamping: (now - handler.sentAt).nanoseconds))
      last = now
    }
    if case .call(let message) = next, now < end, refusal == nil {
      handler.sentAt = now
      handler.send(message)
    } else {
      finish(handler)
    }
  }

  private func finish(_ handler: LoadHandler) {
    handler.receiver = nil
    active -= 1
    guard active == 0 else { return }
    if let refusal {
      promise.fail(Failure("a call was refused: \(refusal.prefix(500))"))
    } else {
      promise.succeed(
        LoadResult(seconds: Double((last - begin).nanoseconds) / 1e9, latencies: latencies))
    }
  }
}

/// The result of a load.
struct LoadResult: Sendable {
  var seconds: Double
  /// Nanoseconds, one value per call.
  var latencies: [UInt32]

  var calls: Int { latencies.count }
}

extension LoadResult {
  var rate: Double { seconds > 0 ? Double(calls) / seconds : 0 }
}
