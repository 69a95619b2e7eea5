/// A JSON number read as an integer, from its text and never through a float.
enum JSONInteger: Equatable {
  case integer(isNegative: Bool, magnitude: UInt64)
  /// It has a fraction.
  case notIntegral
  /// It is integral, but its magnitude takes more than 64 bits.
  case outOfRange

  /// - Parameter range: where a valid JSON number stands.
  init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    var i = range.lowerBound
    let isNegative = bytes[i] == UInt8(ascii: "-")
    if isNegative { i += 1 }
    var magnitude: UInt64 = 0
    while i < range.upperBound, bytes[i].isASCIIDigit {
      guard Self.append(bytes[i], to: &magnitude) else {
        self = Self.long(bytes, range)
        return
      }
      i += 1
    }
    self =
      i == range.upperBound
      ? .integer(isNegative: isNegative, magnitude: magnitude) : Self.long(bytes, range)
  }

  /// A number with a fraction, an exponent or many digits: digits × 10^exponent, without zeros at
  /// either end.
  private static func long(_ bytes: Span<UInt8>, _ range: Range<Int>) -> JSONInteger {
    var digits: [UInt8] = []
    var exponent = 0
    var isFraction = false
    var i = range.lowerBound
    let isNegative = bytes[i] == UInt8(ascii: "-")
    while i < range.upperBound {
      let byte = bytes[i]
      i += 1
      if byte.isASCIIDigit {
        if isFraction { exponent -= 1 }
        if !digits.isEmpty || byte != UInt8(ascii: "0") { digits.append(byte) }
      } else if byte == UInt8(ascii: ".") {
        isFraction = true
      } else if byte != UInt8(ascii: "-") {
        exponent += self.exponent(bytes, i..<range.upperBound)
        break
      }
    }
    while digits.last == UInt8(ascii: "0") {
      digits.removeLast()
      exponent += 1
    }
    if digits.isEmpty { return .integer(isNegative: false, magnitude: 0) }
    if exponent < 0 { return .notIntegral }
    guard digits.count + exponent <= 20 else { return .outOfRange }
    digits.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: exponent))
    var magnitude: UInt64 = 0
    for digit in digits {
      guard append(digit, to: &magnitude) else { return .outOfRange }
    }
    return .integer(isNegative: isNegative, magnitude: magnitude)
  }

  /// The number after the `e`, held within ±2^40: no text is long enough for more to make a
  /// difference.
  private static func exponent(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    let limit = 1 << 40
    var value = 0
    var isNegative = false
    for i in range {
      if bytes[i] == UInt8(ascii: "-") { isNegative = true }
      guard bytes[i].isASCIIDigit else { continue }
      value = min(value * 10 + Int(bytes[i] - UInt8(ascii: "0")), limit)
    }
    return isNegative ? -value : value
  }

  private static func append(_ digit: UInt8, to magnitude: inout UInt64) -> Bool {
    let product = magnitude.multipliedReportingOverflow(by: 10)
    let sum = product.partialValue.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
    guard !product.overflow, !sum.overflow else { return false }
    magnitude = sum.partialValue
    return true
  }
}

extension FixedWidthInteger {
  /// Nil when the value does not fit.
  init?(isNegative: Bool, magnitude: UInt64) {
    if !isNegative {
      self.init(exactly: magnitude)
    } else if magnitude == UInt64(Int64.min.magnitude) {
      self.init(exactly: Int64.min)
    } else if let positive = Int64(exactly: magnitude) {
      self.init(exactly: -positive)
    } else {
      return nil
    }
  }
}
