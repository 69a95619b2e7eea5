/// Writes one JSON text into a growing buffer. Inserts commas itself; the caller must close every
/// container and give every key a value.
public struct JSONWriter: Sendable {
  /// What has been written.
  public private(set) var bytes: [UInt8]
  /// A value stands before the next key or element.
  private var needsComma = false

  /// - Parameter capacity: how many bytes to make room for.
  public init(capacity: Int = 256) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  private init() {
    bytes = []
  }

  /// A writer that has no buffer: it takes the place of one that is being written with elsewhere.
  static var empty: JSONWriter { JSONWriter() }

  public consuming func finish() -> [UInt8] { bytes }

  public mutating func beginObject() { begin(UInt8(ascii: "{")) }
  public mutating func endObject() { end(UInt8(ascii: "}")) }
  public mutating func beginArray() { begin(UInt8(ascii: "[")) }
  public mutating func endArray() { end(UInt8(ascii: "]")) }

  private mutating func begin(_ bracket: UInt8) {
    let comma = takeComma(next: false)
    bytes.append(addingCapacity: 2) { output in
      if comma { output.append(UInt8(ascii: ",")) }
      output.append(bracket)
    }
  }

  private mutating func end(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  /// Whether a comma has to stand before what is written now.
  private mutating func takeComma(next: Bool = true) -> Bool {
    let comma = needsComma
    needsComma = next
    return comma
  }

  /// The name of the member whose value comes next.
  public mutating func key(_ name: String) {
    let utf8 = name.utf8
    quote(utf8.span)
    endKey()
  }

  /// The name of the member whose value comes next, as bytes that should be UTF-8.
  public mutating func key(_ name: Span<UInt8>) {
    string(name)
    endKey()
  }

  private mutating func endKey() {
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// The name of the member whose value comes next, as a property's name, which is written in
  /// snake_case.
  mutating func key(camelCase name: String) {
    let comma = takeComma(next: false)
    let utf8 = name.utf8
    let span = utf8.span
    bytes.append(addingCapacity: 2 * span.count + 4) { output in
      if comma { output.append(UInt8(ascii: ",")) }
      output.append(UInt8(ascii: "\""))
      SnakeCase.append(span, to: &output)
      output.append(UInt8(ascii: "\""))
      output.append(UInt8(ascii: ":"))
    }
  }

  public mutating func string(_ text: String) {
    let utf8 = text.utf8
    quote(utf8.span)
  }

  /// A string of bytes that should be UTF-8; what is not is written as U+FFFD.
  public mutating func string(_ text: Span<UInt8>) {
    if (try? UTF8Span(validating: text)) != nil {
      quote(text)
    } else {
      string(String(decoding: text.indices.map { text[$0] }, as: UTF8.self))
    }
  }

  private mutating func quote(_ span: Span<UInt8>) {
    guard span.isPlainJSON else {
      appendEscaped(span)
      return
    }
    let comma = takeComma()
    bytes.append(addingCapacity: span.count + 3) { output in
      if comma { output.append(UInt8(ascii: ",")) }
      output.append(UInt8(ascii: "\""))
      for i in 0..<span.count { output.append(span[i]) }
      output.append(UInt8(ascii: "\""))
    }
  }

  public mutating func int(_ value: Int) {
    digits(UInt64(value.magnitude), isNegative: value < 0)
  }

  public mutating func int(_ value: some FixedWidthInteger) {
    if let magnitude = UInt64(exactly: value.magnitude) {
      digits(magnitude, isNegative: value < 0)
    } else {
      raw(String(value))
    }
  }

  private mutating func digits(_ magnitude: UInt64, isNegative: Bool) {
    let comma = takeComma()
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var rest = magnitude
    var first = 20
    repeat {
      first -= 1
      digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    bytes.append(addingCapacity: 22) { output in
      if comma { output.append(UInt8(ascii: ",")) }
      if isNegative { output.append(UInt8(ascii: "-")) }
      for i in first..<20 { output.append(digits[i]) }
    }
  }

  public mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

  public mutating func null() { raw("null") }

  /// A number that is not finite cannot be written in JSON, so it is written as null.
  public mutating func double(_ value: Double) {
    guard value.isFinite else {
      null()
      return
    }
    let text = value.description
    raw(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
  }

  /// One value that is JSON already.
  public mutating func raw(_ json: [UInt8]) {
    append(json.span)
  }

  /// One value that is JSON already.
  public mutating func raw(_ json: String) {
    let utf8 = json.utf8
    append(utf8.span)
  }

  /// A value as it was written in its document.
  public mutating func value(_ value: JSONValue) {
    let text = value.storage.bytes
    append(text.span.extracting(value.rawRange))
  }

  private mutating func append(_ json: Span<UInt8>) {
    let comma = takeComma()
    bytes.append(addingCapacity: json.count + 1) { output in
      if comma { output.append(UInt8(ascii: ",")) }
      for i in 0..<json.count { output.append(json[i]) }
    }
  }

  private mutating func appendEscaped(_ text: Span<UInt8>) {
    if takeComma() { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    var start = 0
    for i in 0..<text.count where text[i].needsJSONEscape {
      appendRun(text, start..<i)
      JSONEscapes.append(text[i], to: &bytes)
      start = i + 1
    }
    appendRun(text, start..<text.count)
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func appendRun(_ text: Span<UInt8>, _ range: Range<Int>) {
    bytes.append(addingCapacity: range.count) { output in
      for i in range { output.append(text[i]) }
    }
  }
}

extension JSONWriter {
  /// A place that can be gone back to.
  struct Mark {
    let count: Int
    fileprivate let needsComma: Bool
  }

  var mark: Mark { Mark(count: bytes.count, needsComma: needsComma) }

  /// Takes back what was written since.
  mutating func rewind(to mark: Mark) {
    bytes.removeLast(bytes.count - mark.count)
    needsComma = mark.needsComma
  }
}

extension UInt8 {
  fileprivate var needsJSONEscape: Bool {
    self < 0x20 || self == UInt8(ascii: "\"") || self == UInt8(ascii: "\\")
  }
}

extension Span<UInt8> {
  /// Whether nothing has to be escaped. Written without an early exit, so that many bytes are
  /// looked at at a time.
  fileprivate var isPlainJSON: Bool {
    var special: UInt8 = 0
    for i in 0..<count {
      let byte = self[i]
      special |=
        (byte < 0x20 ? 1 : 0) | (byte == UInt8(ascii: "\"") ? 1 : 0)
        | (byte == UInt8(ascii: "\\") ? 1 : 0)
    }
    return special == 0
  }
}
