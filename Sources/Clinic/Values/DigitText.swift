import JSONRPC

/// Builds text from numbers of fixed width and what stands between them: dates and times, of which
/// a list has thousands. At most 64 bytes.
struct DigitText: CustomStringConvertible {
  private var bytes = InlineArray<64, UInt8>(repeating: 0)
  private var count = 0

  var description: String {
    guard let text = try? UTF8Span(validating: bytes.span.extracting(0..<count)) else { return "" }
    return String(copying: text)
  }

  func write(to json: inout JSONWriter) { json.string(bytes.span.extracting(0..<count)) }

  private mutating func append(_ byte: UInt8) {
    bytes[count] = byte
    count += 1
  }

  mutating func append(_ mark: Unicode.Scalar) { append(UInt8(ascii: mark)) }

  /// Appends any number, with at least this many digits; at most 20.
  mutating func append(_ number: Int, digits: Int) {
    if number < 0 { append("-") }
    var text = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
    var rest = number.magnitude
    var first = 20
    repeat {
      first -= 1
      text[first] += UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    for i in min(first, max(0, 20 - digits))..<20 { append(text[i]) }
  }

  mutating func append(_ mark: Unicode.Scalar, _ number: Int, digits: Int) {
    append(mark)
    append(number, digits: digits)
  }

  /// Appends a date as `YYYY-MM-DD`.
  mutating func append(_ date: LocalDate) {
    let (year, month, day) = date.parts
    append(year, digits: 4)
    append("-", month, digits: 2)
    append("-", day, digits: 2)
  }
}
