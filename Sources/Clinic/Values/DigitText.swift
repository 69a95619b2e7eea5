/// Puts numbers of fixed width and what stands between them together: dates and times, of which a list has thousands.
struct DigitText: CustomStringConvertible {
  private var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(32) }

  var description: String { String(decoding: bytes, as: UTF8.self) }

  mutating func append(_ mark: Unicode.Scalar) { bytes.append(UInt8(ascii: mark)) }

  /// A number that is not negative, in at least so many digits.
  mutating func append(_ number: Int, digits: Int) {
    var scale = 1
    for _ in 1..<max(1, digits) { scale *= 10 }
    while number / 10 >= scale { scale *= 10 }
    while scale > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / scale % 10))
      scale /= 10
    }
  }

  mutating func append(_ mark: Unicode.Scalar, _ number: Int, digits: Int) {
    append(mark)
    append(number, digits: digits)
  }

  /// As `YYYY-MM-DD`.
  mutating func append(_ date: LocalDate) {
    let (year, month, day) = date.parts
    append(year, digits: 4)
    append("-", month, digits: 2)
    append("-", day, digits: 2)
  }
}
