/// Writes one JSON text into a growing buffer. Commas are its own business; that every container is closed and every
/// key has a value is the caller's.
public struct JSONWriter: Sendable {
  /// What has been written.
  public private(set) var bytes: [UInt8] = []
  /// A value stands before the next key or element.
  private var needsComma = false

  /// - Parameter capacity: how many bytes to make room for.
  public init(capacity: Int = 256) {
    bytes.reserveCapacity(capacity)
  }

  public consuming func finish() -> [UInt8] { bytes }

  public mutating func beginObject() { begin(UInt8(ascii: "{")) }
  public mutating func endObject() { end(UInt8(ascii: "}")) }
  public mutating func beginArray() { begin(UInt8(ascii: "[")) }
  public mutating func endArray() { end(UInt8(ascii: "]")) }

  private mutating func begin(_ bracket: UInt8) {
    comma()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func end(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  /// The comma before a value, when there has to be one.
  private mutating func comma() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  /// The name of the member whose value comes next.
  public mutating func key(_ name: String) {
    comma()
    appendQuoted(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// The same for a property's name, which is written in snake_case.
  mutating func key(camelCase name: String) {
    comma()
    SnakeCase.append(name, quotedTo: &bytes)
    needsComma = false
  }

  public mutating func string(_ text: String) {
    comma()
    appendQuoted(text)
  }

  public mutating func int(_ value: some FixedWidthInteger) {
    comma()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    guard let magnitude = UInt64(exactly: value.magnitude) else {
      append(String(value.magnitude))
      return
    }
    appendDigits(magnitude)
  }

  public mutating func bool(_ value: Bool) {
    comma()
    append(value ? "true" : "false")
  }

  public mutating func null() {
    comma()
    append("null")
  }

  /// A number that is not finite has no JSON and is written as null.
  public mutating func double(_ value: Double) {
    comma()
    guard value.isFinite else {
      append("null")
      return
    }
    let text = value.description
    append(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
  }

  /// One value that is JSON already.
  public mutating func raw(_ json: [UInt8]) {
    comma()
    bytes.append(contentsOf: json)
  }

  /// One value that is JSON already.
  public mutating func raw(_ json: String) {
    comma()
    append(json)
  }

  /// A value as it was written in its document.
  public mutating func value(_ value: JSONValue) {
    comma()
    let range = value.rawRange
    let text = value.storage.bytes
    let source = text.span
    bytes.append(addingCapacity: range.count) { output in
      for i in range { output.append(source[i]) }
    }
  }

  private mutating func append(_ text: String) {
    let utf8 = text.utf8
    let span = utf8.span
    bytes.append(addingCapacity: span.count) { output in
      for i in 0..<span.count { output.append(span[i]) }
    }
  }

  private mutating func appendDigits(_ magnitude: UInt64) {
    guard magnitude > 9 else {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude))
      return
    }
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var rest = magnitude
    var first = 20
    while rest > 0 {
      first -= 1
      digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    bytes.append(addingCapacity: 20) { output in
      for i in first..<20 { output.append(digits[i]) }
    }
  }

  private mutating func appendQuoted(_ text: String) {
    let utf8 = text.utf8
    let span = utf8.span
    guard Self.isPlain(span) else {
      appendEscaped(span)
      return
    }
    bytes.append(addingCapacity: span.count + 2) { output in
      output.append(UInt8(ascii: "\""))
      for i in 0..<span.count { output.append(span[i]) }
      output.append(UInt8(ascii: "\""))
    }
  }

  /// Whether nothing has to be escaped. Written without an early exit, so that it is done many bytes at a time.
  private static func isPlain(_ span: Span<UInt8>) -> Bool {
    var special: UInt8 = 0
    for i in 0..<span.count {
      let byte = span[i]
      special |=
        (byte < 0x20 ? 1 : 0) | (byte == UInt8(ascii: "\"") ? 1 : 0)
        | (byte == UInt8(ascii: "\\") ? 1 : 0)
    }
    return special == 0
  }

  private mutating func appendEscaped(_ span: Span<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    for i in 0..<span.count {
      let byte = span[i]
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0a: append("\\n")
      case 0x0d: append("\\r")
      case 0x09: append("\\t")
      case 0x08: append("\\b")
      case 0x0c: append("\\f")
      case 0..<0x20:
        append("\\u00")
        bytes += [Self.hexDigit(byte >> 4), Self.hexDigit(byte & 15)]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}

extension JSONWriter {
  public mutating func member(_ name: String, _ value: String) {
    key(name)
    string(value)
  }

  public mutating func member(_ name: String, _ value: Int) {
    key(name)
    int(value)
  }

  public mutating func member(_ name: String, _ value: Bool) {
    key(name)
    bool(value)
  }

  /// Nil is written as null.
  public mutating func member(_ name: String, _ value: String?) {
    key(name)
    if let value { string(value) } else { null() }
  }

  /// Nil is written as null.
  public mutating func member(_ name: String, _ value: Int?) {
    key(name)
    if let value { int(value) } else { null() }
  }

  /// A value that is JSON already.
  public mutating func member(_ name: String, raw json: [UInt8]) {
    key(name)
    raw(json)
  }
}
