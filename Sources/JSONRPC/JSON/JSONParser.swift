/// A parser of one JSON value that can stop at any byte and go on when more have come.
///
/// It checks RFC 8259 to the letter, UTF-8 included, and writes the document's tape while it reads.
/// Each byte is looked at once, except for a few at the end of a chunk that cuts an escape or a
/// character.
struct JSONParser: Sendable {
  enum Outcome {
    case needsMore
    /// The value ends before that offset.
    case complete(length: Int)
    case failed(JSONSyntaxError)
  }

  enum Step {
    case proceed
    case needsMore
    case complete
    case failed(JSONSyntaxError.Reason)
  }

  enum State: UInt8 {
    case value, firstElement, firstKey, key, colon, afterElement, afterMember
    case string, number, literal
  }

  private let maxDepth: Int
  var state = State.value
  /// Where the next byte is, from the start of the value.
  var position = 0
  /// Where the string, number or literal being read starts.
  var tokenStart = 0
  var stringIsKey = false
  var stringHasEscapes = false
  var numberPart = NumberPart.sign
  private(set) var tape: [JSONNode] = []
  /// The tape indices of the open arrays and objects.
  private var open: [Int] = []

  init(maxDepth: Int) {
    self.maxDepth = maxDepth
  }

  var isAtTopLevel: Bool { open.isEmpty }

  /// Makes ready for another value.
  mutating func reset() {
    state = .value
    position = 0
    tape.removeAll(keepingCapacity: true)
    open.removeAll(keepingCapacity: true)
  }

  /// The tape of the value that was read. A short tape is copied, so that its room serves the next
  /// value too; a long one is given away.
  mutating func takeTape() -> [JSONNode] {
    guard tape.capacity > 1024 else { return Array(copying: tape.span) }
    defer { tape = [] }
    return tape
  }

  /// Reads on. `range` holds the text from the start of the value, each time with more at its end.
  mutating func resume(_ buffer: [UInt8], _ range: Range<Int>) -> Outcome {
    let bytes = buffer.span.extracting(range)
    while true {
      let step =
        switch state {
        case .string: scanString(bytes)
        case .number: scanNumber(bytes)
        case .literal: scanLiteral(bytes)
        default: scanStructure(bytes)
        }
      switch step {
      case .proceed: continue
      case .needsMore: return .needsMore
      case .complete: return .complete(length: position)
      case .failed(let reason): return .failed(JSONSyntaxError(reason: reason, offset: position))
      }
    }
  }

  /// Says that no more bytes will come, after `needsMore`.
  mutating func finish() -> Outcome {
    // Only a number at the top level does not show its own end.
    if state == .number, open.isEmpty, numberPart.mayEnd {
      _ = endNumber()
      return .complete(length: position)
    }
    return .failed(JSONSyntaxError(reason: .unexpectedEnd, offset: position))
  }

  private mutating func scanStructure(_ bytes: Span<UInt8>) -> Step {
    var i = position
    while i < bytes.count, bytes[i].isJSONWhitespace {
      i += 1
    }
    position = i
    guard i < bytes.count else { return .needsMore }
    let byte = bytes[i]
    switch state {
    case .value: return beginValue(byte)
    case .firstElement: return byte == UInt8(ascii: "]") ? close(.array) : beginValue(byte)
    case .firstKey: return byte == UInt8(ascii: "}") ? close(.object) : beginKey(byte)
    case .key: return beginKey(byte)
    case .colon: return take(byte, UInt8(ascii: ":"), then: .value)
    case .afterElement:
      return byte == UInt8(ascii: "]")
        ? close(.array) : take(byte, UInt8(ascii: ","), then: .value)
    case .afterMember:
      return byte == UInt8(ascii: "}")
        ? close(.object) : take(byte, UInt8(ascii: ","), then: .key)
    case .string, .number, .literal: return .proceed
    }
  }

  private mutating func take(_ byte: UInt8, _ wanted: UInt8, then next: State) -> Step {
    guard byte == wanted else { return .failed(.unexpectedCharacter) }
    position += 1
    state = next
    return .proceed
  }

  private mutating func beginKey(_ byte: UInt8) -> Step {
    guard byte == UInt8(ascii: "\"") else { return .failed(.unexpectedCharacter) }
    beginString(isKey: true)
    return .proceed
  }

  private mutating func beginValue(_ byte: UInt8) -> Step {
    switch byte {
    case UInt8(ascii: "\""): beginString(isKey: false)
    case UInt8(ascii: "{"): return begin(.object, then: .firstKey)
    case UInt8(ascii: "["): return begin(.array, then: .firstElement)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      tokenStart = position
      numberPart = .sign
      if byte == UInt8(ascii: "-") { position += 1 }
      state = .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
      tokenStart = position
      state = .literal
    case 0xef: return .failed(.byteOrderMark)
    default: return .failed(.unexpectedCharacter)
    }
    return .proceed
  }

  private mutating func beginString(isKey: Bool) {
    tokenStart = position
    position += 1
    stringIsKey = isKey
    stringHasEscapes = false
    state = .string
  }

  private mutating func begin(_ kind: JSONNode.Kind, then next: State) -> Step {
    guard open.count < maxDepth else { return .failed(.nestingTooDeep) }
    open.append(tape.count)
    tape.append(JSONNode(kind, start: position, length: 0))
    tape.append(JSONNode(linkTo: 0, count: 0))
    position += 1
    state = next
    return .proceed
  }

  private mutating func close(_ kind: JSONNode.Kind) -> Step {
    position += 1
    guard let index = open.popLast() else { return .failed(.unexpectedCharacter) }
    let start = tape[index].start
    tape[index] = JSONNode(kind, start: start, length: position - start)
    tape[index + 1] = JSONNode(linkTo: tape.count, count: tape[index + 1].count)
    return endValue()
  }

  /// Adds the scalar between `tokenStart` and `position` to the tape.
  mutating func add(_ kind: JSONNode.Kind) {
    tape.append(JSONNode(kind, start: tokenStart, length: position - tokenStart))
  }

  /// After a value: what may come next depends on what is open.
  mutating func endValue() -> Step {
    guard let container = open.last else { return .complete }
    tape[container + 1].countOneMore()
    state = tape[container].kind == .array ? .afterElement : .afterMember
    return .proceed
  }
}

extension UInt8 {
  /// Space, tab, line feed, carriage return.
  var isJSONWhitespace: Bool {
    self == 0x20 || self == 0x0a || self == 0x0d || self == 0x09
  }

  var isASCIIDigit: Bool { self &- 0x30 < 10 }
}
