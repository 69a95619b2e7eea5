import NIOCore

/// What a connection sends next.
enum NextCall {
  /// A call of its own.
  case call(ByteBuffer)
  /// The next part of what began with the call before: the two count and are timed as one.
  case part(ByteBuffer)
  case end
}

/// Tells the connections of a load what to call. Used on the event loop alone.
protocol CallSource {
  /// Whether `next` looks at replies.
  var readsReplies: Bool { get }
  mutating func next(for connection: Int, after reply: ByteBuffer?) -> NextCall
}

/// The same calls over and over.
struct CyclingCalls: CallSource {
  let calls: [ByteBuffer]
  private var index = 0
  var readsReplies: Bool { false }

  init(_ calls: [ByteBuffer]) {
    self.calls = calls
  }

  mutating func next(for connection: Int, after reply: ByteBuffer?) -> NextCall {
    defer { index = index + 1 == calls.count ? 0 : index + 1 }
    return .call(calls[index])
  }
}

/// Each call once.
struct SingleCalls: CallSource {
  private let calls: [ByteBuffer]
  private var index = 0
  var readsReplies: Bool { false }

  init(_ calls: [ByteBuffer]) {
    self.calls = calls
  }

  mutating func next(for connection: Int, after reply: ByteBuffer?) -> NextCall {
    guard index < calls.count else { return .end }
    defer { index += 1 }
    return .call(calls[index])
  }
}

/// Each connection is a doctor who calls the next patient and completes the consultation.
struct Consultations: CallSource {
  private let calls: [ByteBuffer]
  private var left: Int
  var readsReplies: Bool { true }

  /// - Parameter doctors: as many as there are connections.
  init(doctors: [Int], count: Int) {
    calls = doctors.map { Request.line("queue.call_next", #"{"doctor_id":\#($0)}"#) }
    left = count
  }

  mutating func next(for connection: Int, after reply: ByteBuffer?) -> NextCall {
    if let reply, let token = Self.calledToken(in: reply) {
      return .part(
        Request.line("queue.set_status", #"{"token":"\#(token)","status":"COMPLETED"}"#))
    }
    guard left > 0 else { return .end }
    left -= 1
    return .call(calls[connection])
  }

  /// The token's name in the reply to `queue.call_next`; nil in that to `queue.set_status`.
  private static func calledToken(in reply: ByteBuffer) -> String? {
    let text = String(buffer: reply)
    guard text.contains(#""status":"WITH_DOCTOR""#) else { return nil }
    let parts = text.split(separator: "\"", maxSplits: 30)
    guard let key = parts.firstIndex(of: "token"), key + 2 < parts.count else { return nil }
    return String(parts[key + 2])
  }
}
