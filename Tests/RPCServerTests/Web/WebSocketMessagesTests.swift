import NIOCore
import NIOWebSocket
import Testing

@testable import RPCServer

/// Frames in, messages out.
@Suite struct WebSocketMessagesTests {
  private var messages = WebSocketMessages(limit: 10)

  private func frame(
    _ opcode: WebSocketOpcode, _ text: String = "", fin: Bool = true, rsv1: Bool = false,
    isMasked: Bool = true
  ) -> WebSocketFrame {
    let key: WebSocketMaskingKey? = isMasked ? [1, 2, 3, 4] : nil
    var data = ByteBuffer(string: text)
    if let key { data.webSocketMask(key) }
    return WebSocketFrame(
      fin: fin, rsv1: rsv1, opcode: opcode, maskKey: key, data: data)
  }

  @Test mutating func aTextFrameIsAMessage() {
    #expect(messages.receive(frame(.text, "hello")) == .message(ByteBuffer(string: "hello")))
    #expect(messages.receive(frame(.text)) == .message(ByteBuffer()))
  }

  @Test mutating func fragmentsMakeAMessageAndControlFramesComeBetween() {
    #expect(messages.receive(frame(.text, "he", fin: false)) == .nothing)
    #expect(messages.receive(frame(.ping, "?")) == .ping(ByteBuffer(string: "?")))
    #expect(messages.receive(frame(.continuation, "ll", fin: false)) == .nothing)
    #expect(messages.receive(frame(.pong)) == .nothing)
    #expect(messages.receive(frame(.continuation, "o")) == .message(ByteBuffer(string: "hello")))
    #expect(messages.receive(frame(.text, "x")) == .message(ByteBuffer(string: "x")))
  }

  @Test mutating func theLimitIsOfTheWholeMessage() {
    #expect(messages.receive(frame(.text, "12345", fin: false)) == .nothing)
    #expect(
      messages.receive(frame(.continuation, "67890")) == .message(ByteBuffer(string: "1234567890")))
    #expect(messages.receive(frame(.text, "12345", fin: false)) == .nothing)
    #expect(messages.receive(frame(.continuation, "678901", fin: false)) == .tooLarge(11))
  }

  @Test mutating func textThatIsNotUTF8EndsTheConnection() {
    func data(_ opcode: WebSocketOpcode, _ bytes: [UInt8], fin: Bool = true) -> WebSocketFrame {
      let key: WebSocketMaskingKey = [1, 2, 3, 4]
      var data = ByteBuffer(bytes: bytes)
      data.webSocketMask(key)
      return WebSocketFrame(fin: fin, opcode: opcode, maskKey: key, data: data)
    }
    // A letter that is cut in two is whole in the message.
    #expect(messages.receive(data(.text, [0xC3], fin: false)) == .nothing)
    #expect(messages.receive(data(.continuation, [0xA9])) == .message(ByteBuffer(string: "é")))
    let fault = WebSocketMessages.Event.violation(.dataInconsistentWithMessage, "text is UTF-8")
    for frame in [data(.text, [0x22, 0xFF, 0x22]), data(.connectionClose, [3, 0xE8, 0xFF])] {
      #expect(messages.receive(frame) == fault)
    }
  }

  @Test mutating func aCloseHasACodeOrNone() {
    #expect(messages.receive(frame(.connectionClose, "\u{C}\u{41}bye")) == .close(.unknown(3137)))
    #expect(messages.receive(frame(.connectionClose)) == .close(nil))
  }

  @Test mutating func whatNoProtocolAllowsHasACode() {
    func code(_ event: WebSocketMessages.Event) -> WebSocketErrorCode? {
      if case .violation(let code, _) = event { code } else { nil }
    }
    #expect(code(messages.receive(frame(.binary, "x"))) == .unacceptableData)
    #expect(code(messages.receive(frame(.text, "x", isMasked: false))) == .protocolError)
    #expect(code(messages.receive(frame(.text, "x", rsv1: true))) == .protocolError)
    // One byte is no code; 873 is none that may be sent.
    #expect(code(messages.receive(frame(.connectionClose, "\u{3}"))) == .protocolError)
    #expect(code(messages.receive(frame(.connectionClose, "\u{3}\u{69}"))) == .protocolError)
    #expect(code(messages.receive(frame(.continuation, "x"))) == .protocolError)
    #expect(messages.receive(frame(.text, "x", fin: false)) == .nothing)
    #expect(code(messages.receive(frame(.text, "y"))) == .protocolError)
  }
}
