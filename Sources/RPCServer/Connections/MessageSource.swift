import JSONRPC
import NIOCore

/// Where the messages of a connection come from: bytes in, events out.
struct MessageSource {
  enum Framing {
    /// A stream that has to be cut into messages.
    case stream
    /// Each `receive` is one whole message.
    case whole
  }

  private var framer: MessageFramer
  private var queue: MessageQueue?

  init(_ framing: Framing, limits: JSONLimits) {
    framer = MessageFramer(limits: limits)
    queue = framing == .whole ? MessageQueue(limits: limits) : nil
  }

  mutating func receive(_ bytes: Span<UInt8>) {
    if queue == nil { framer.receive(bytes) } else { queue?.receive(bytes) }
  }

  /// No more will be received.
  mutating func finish() {
    if queue == nil { framer.finish() } else { queue?.finish() }
  }

  /// Drops an incomplete message. No event follows.
  mutating func discard() {
    if queue == nil { framer.discard() }
  }

  /// The memory of an incomplete message.
  var heldBytes: Int { framer.heldBytes }

  mutating func next() -> MessageFramer.Event? {
    queue == nil ? framer.next() : queue?.next()
  }

  /// No event can follow.
  var isFinished: Bool { queue?.isFinished ?? framer.isFinished }

  /// What ends the next reply.
  var terminator: MessageFramer.Terminator { queue == nil ? framer.terminator : .lf }
}

/// Messages that come whole: a WebSocket's, or the body of a request. A message that is not JSON
/// does not affect the others.
struct MessageQueue {
  private let limits: JSONLimits
  private var messages = CircularBuffer<[UInt8]>(initialCapacity: 1)
  private var hasEnded = false

  init(limits: JSONLimits) {
    self.limits = limits
  }

  mutating func receive(_ bytes: Span<UInt8>) {
    messages.append(bytes.indices.map { bytes[$0] })
  }

  mutating func finish() {
    hasEnded = true
  }

  mutating func next() -> MessageFramer.Event? {
    guard let bytes = messages.popFirst() else { return nil }
    do {
      return .message(try JSONDocument(parsing: bytes, limits: limits))
    } catch {
      return .syntaxError(
        error.reason == .tooLarge
          ? .messageTooLarge(limit: limits.maxBytes, actual: bytes.count)
          : .parseError(error, maxDepth: limits.maxDepth))
    }
  }

  var isFinished: Bool { hasEnded && messages.isEmpty }
}
