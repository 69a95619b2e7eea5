import NIOCore
import NIOWebSocket

/// Puts the messages of a WebSocket together: frames in, events out.
struct WebSocketMessages {
  enum Event: Equatable {
    case nothing
    case message(ByteBuffer)
    /// A ping, whose data is to be sent back.
    case ping(ByteBuffer)
    /// The client closes, with this code, which is to be sent back.
    case close(WebSocketErrorCode?)
    /// A message past the limit, in bytes that have come so far.
    case tooLarge(Int)
    case violation(WebSocketErrorCode, String)
  }

  private let limit: Int
  private var parts: ByteBuffer?

  /// - Parameter limit: the size of a message in bytes.
  init(limit: Int) {
    self.limit = limit
  }

  /// The bytes of an incomplete message.
  var heldBytes: Int { parts?.readableBytes ?? 0 }

  mutating func receive(_ frame: WebSocketFrame) -> Event {
    guard frame.maskKey != nil else { return .violation(.protocolError, "frames must be masked") }
    guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
      return .violation(.protocolError, "no extension was agreed on")
    }
    switch frame.opcode {
    case .text where parts == nil: return take(frame.unmaskedData, isLast: frame.fin)
    case .continuation where parts != nil: return take(frame.unmaskedData, isLast: frame.fin)
    case .text: return .violation(.protocolError, "a message is not complete yet")
    case .continuation: return .violation(.protocolError, "there is nothing to continue")
    case .binary: return .violation(.unacceptableData, "messages are text")
    case .ping: return .ping(frame.unmaskedData)
    case .pong: return .nothing
    case .connectionClose: return closing(frame.unmaskedData)
    default: return .violation(.protocolError, "there is no such opcode")
    }
  }

  /// A close has no data, or a code that may be sent and a reason in UTF-8.
  private func closing(_ data: ByteBuffer) -> Event {
    guard data.readableBytes > 0 else { return .close(nil) }
    var data = data
    guard let code = data.readInteger(as: UInt16.self), Self.maySend(code) else {
      return .violation(.protocolError, "a close has a code that may be sent")
    }
    guard (try? UTF8Span(validating: data.readableBytesUInt8Span)) != nil else {
      return .violation(.dataInconsistentWithMessage, "text is UTF-8")
    }
    return .close(WebSocketErrorCode(codeNumber: Int(code)))
  }

  private static func maySend(_ code: UInt16) -> Bool {
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }

  private mutating func take(_ part: ByteBuffer, isLast: Bool) -> Event {
    let size = heldBytes + part.readableBytes
    guard size <= limit else { return .tooLarge(size) }
    guard var whole = parts else {
      if isLast { return message(part) }
      parts = part
      return .nothing
    }
    parts = nil
    whole.writeImmutableBuffer(part)
    if isLast { return message(whole) }
    parts = whole
    return .nothing
  }

  private func message(_ text: ByteBuffer) -> Event {
    guard (try? UTF8Span(validating: text.readableBytesUInt8Span)) != nil else {
      return .violation(.dataInconsistentWithMessage, "text is UTF-8")
    }
    return .message(text)
  }
}
