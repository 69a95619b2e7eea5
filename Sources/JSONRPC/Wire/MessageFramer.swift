/// Cuts a stream of bytes into JSON values: bytes in, events out.
///
/// Values may have any white space or none between them and may be cut anywhere. A value on one
/// line that is not JSON is answered, and reading resumes after that line. A faulty value that had
/// spanned several lines ends the stream: resuming inside it could run a nested object as a
/// request. So does an HTTP request: its body may come from a web page.
public struct MessageFramer: Sendable {
  public enum Event: Sendable {
    case message(JSONDocument)
    /// To be answered with the id null; the stream goes on.
    case syntaxError(RPCError)
    /// To be answered with the id null; then the connection is closed. No event follows.
    case fatal(RPCError)
  }

  /// What ends a reply.
  public enum Terminator: Sendable {
    case crlf, lf
    /// For a client that sends no newlines itself.
    case doubleLF

    public var bytes: [UInt8] {
      switch self {
      case .crlf: [0x0d, 0x0a]
      case .lf: [0x0a]
      case .doubleLF: [0x0a, 0x0a]
      }
    }
  }

  private enum Mode {
    case betweenMessages, inMessage, skippingLine, closed
  }

  private let limits: JSONLimits
  private var parser: JSONParser
  private var buffer: [UInt8] = []
  /// Where the message being read starts in the buffer, or what is to be read next.
  private var head = 0
  private var mode = Mode.betweenMessages
  private var hasEnded = false
  private var lastWasCarriageReturn = false
  /// Nothing but white space has been read yet.
  private var isAtStart = true

  /// What ends the next reply: what ended the client's first line, or two newlines while it has
  /// ended none.
  public private(set) var terminator = Terminator.doubleLF

  public init(limits: JSONLimits = .init()) {
    self.limits = limits
    parser = JSONParser(maxDepth: limits.maxDepth)
  }

  /// How much memory is held: by bytes that are not read yet, or part of a message that is not
  /// complete, and by what was already read of that message.
  public var heldBytes: Int {
    buffer.capacity + parser.tape.capacity * MemoryLayout<JSONNode>.stride
  }

  /// Whether no event can follow: after a fatal one, or when the stream has ended and everything
  /// was handed out.
  public var isFinished: Bool { mode == .closed }

  /// Takes what has arrived. Call ``next()`` until it gives nil before taking much more.
  public mutating func receive(_ bytes: [UInt8]) {
    receive(bytes.span)
  }

  /// Takes what has arrived. Call ``next()`` until it gives nil before taking much more.
  public mutating func receive(_ bytes: Span<UInt8>) {
    guard mode != .closed, !hasEnded else { return }
    dropConsumed()
    buffer.append(addingCapacity: bytes.count) { output in
      for i in 0..<bytes.count { output.append(bytes[i]) }
    }
  }

  /// Says that the client will send no more. Then ``next()`` gives what is left.
  public mutating func finish() {
    hasEnded = true
  }

  /// Lets go of what is held. No event follows.
  public mutating func discard() {
    close()
  }

  /// Reads up to the next event; nil when that takes more bytes.
  public mutating func next() -> Event? {
    while true {
      switch mode {
      case .betweenMessages:
        guard skipWhitespace() else { return needMoreInput() }
        if isAtStart {
          switch Self.isHTTP(buffer[head...]) {
          case true?:
            close()
            return .fatal(.httpRequest)
          case nil where !hasEnded: return nil
          default: isAtStart = false
          }
        }
        parser.reset()
        mode = .inMessage
      case .inMessage:
        return readMessage()
      case .skippingLine:
        guard skipLine() else { return needMoreInput() }
        mode = .betweenMessages
      case .closed:
        return nil
      }
    }
  }

  /// Whether these bytes begin like an HTTP request; nil while more of them are needed to tell.
  private static func isHTTP(_ bytes: ArraySlice<UInt8>) -> Bool? {
    for method in methodsOfHTTP where bytes.starts(with: method.prefix(bytes.count)) {
      return bytes.count < method.count ? nil : true
    }
    return false
  }

  /// The HTTP methods that a web page can send, and other common ones; each with the space behind
  /// it.
  private static let methodsOfHTTP = [
    "GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "CONNECT ", "OPTIONS ", "TRACE ", "PATCH ", "PRI ",
  ].map { Array($0.utf8) }

  private mutating func needMoreInput() -> Event? {
    dropConsumed()
    if hasEnded { close() }
    return nil
  }

  private mutating func readMessage() -> Event? {
    let available = buffer.count - head
    let window = min(available, limits.maxBytes)
    var outcome = parser.resume(buffer, head..<head + window)
    if case .needsMore = outcome {
      if available > window {
        close()
        return .fatal(.messageTooLarge(limit: window, actual: window + 1))
      }
      guard hasEnded else { return nil }
      outcome = parser.finish()
    }
    switch outcome {
    case .needsMore: return nil
    case .complete(let length): return .message(takeDocument(length))
    case .failed(let error): return fail(error)
    }
  }

  private mutating func takeDocument(_ length: Int) -> JSONDocument {
    let storage = JSONStorage(
      bytes: Array(copying: buffer.span.extracting(head..<head + length)),
      tape: parser.takeTape())
    head += length
    mode = .betweenMessages
    // The newline behind it, when it is here already, has to be known before the reply is written.
    lastWasCarriageReturn = false
    _ = skipWhitespace()
    return JSONDocument(storage: storage)
  }

  private mutating func fail(_ error: JSONSyntaxError) -> Event {
    let answer = RPCError.parseError(error, maxDepth: limits.maxDepth)
    let fault = head + error.offset
    if buffer[head..<min(fault, buffer.count)].contains(0x0a) {
      close()
      return .fatal(answer)
    }
    lastWasCarriageReturn = fault > head && buffer[fault - 1] == 0x0d
    head = fault
    // As in `takeDocument`.
    mode = skipLine() ? .betweenMessages : .skippingLine
    return .syntaxError(answer)
  }

  /// Goes to the next byte that is not white space; false when there is none yet.
  private mutating func skipWhitespace() -> Bool {
    while head < buffer.count {
      let byte = buffer[head]
      guard byte.isJSONWhitespace else { return true }
      note(byte)
      head += 1
    }
    return false
  }

  /// Goes past the end of the line; false when it has not come yet.
  private mutating func skipLine() -> Bool {
    while head < buffer.count {
      let byte = buffer[head]
      note(byte)
      head += 1
      if byte == 0x0a { return true }
    }
    return false
  }

  /// The first newline outside of a message decides how replies end.
  private mutating func note(_ byte: UInt8) {
    if byte == 0x0a, terminator == .doubleLF {
      terminator = lastWasCarriageReturn ? .crlf : .lf
    }
    lastWasCarriageReturn = byte == 0x0d
  }

  private mutating func close() {
    mode = .closed
    buffer = []
    head = 0
    parser = JSONParser(maxDepth: limits.maxDepth)
  }

  /// Makes room for what comes, moving the rest only when it is the smaller part.
  private mutating func dropConsumed() {
    if head == buffer.count {
      head = 0
      buffer.removeAll(keepingCapacity: buffer.capacity <= 16_384)
    } else if head > buffer.count - head {
      buffer.removeFirst(head)
      head = 0
    }
  }
}
