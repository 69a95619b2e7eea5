import JSONRPC

/// Decimal text with up to two decimals, as hundredths.
enum DecimalText {
  /// The schema of amounts in params: nothing is less than zero.
  static let textSchema = JSONSchema.string(pattern: #"^[0-9]{1,15}(\.[0-9]{1,2}0*)?$"#)
  static let jsonSchema = JSONSchema.anyOf([textSchema, .number])
  /// The schema of amounts in results.
  static let resultSchema = JSONSchema.string(pattern: #"^-?[0-9]+\.[0-9]{2}$"#)

  /// `nil` for other text and for numbers that are too large. Zeros at the end do not count as
  /// decimals.
  static func hundredths(_ text: String) -> Int64? {
    var bytes = text.utf8[...]
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative { bytes = bytes.dropFirst() }
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = parts.first, !whole.isEmpty, whole.count <= 15,
      let units = Int(digits: whole)
    else { return nil }
    var fraction = 0
    if parts.count == 2 {
      let digits = parts[1]
      guard !digits.isEmpty, digits.dropFirst(2).allSatisfy({ $0 == 0x30 }),
        let value = Int(digits: digits.prefix(2))
      else { return nil }
      fraction = digits.count == 1 ? value * 10 : value
    }
    let value = Int64(units) * 100 + Int64(fraction)
    return isNegative ? -value : value
  }

  /// The hundredths of a JSON number's text, which may have an exponent: `1E+1`.
  static func hundredths(ofNumber text: String) -> Int64? {
    let parts = text.split(whereSeparator: { $0 == "e" || $0 == "E" })
    guard parts.count == 2 else { return hundredths(text) }
    if parts[0].allSatisfy({ "-0.".contains($0) }) { return 0 }
    guard let exponent = Int(parts[1]), exponent.magnitude <= 20 else { return nil }
    let sign = parts[0].prefix { $0 == "-" }
    let mantissa = parts[0].dropFirst(sign.count).split(separator: ".")
    let zeros = String(repeating: "0", count: 20)
    let digits = zeros + mantissa.joined() + zeros
    let point = digits.index(digits.startIndex, offsetBy: 20 + mantissa[0].count + exponent)
    let whole = digits[..<point].drop { $0 == "0" }
    return hundredths("\(sign)\(whole.isEmpty ? "0" : whole).\(digits[point...])0")
  }

  static func text(hundredths value: Int64) -> String {
    let size = value.magnitude
    return "\(value < 0 ? "-" : "")\(size / 100).\(Int(size % 100).padded(2))"
  }

  static func hundredths(_ value: JSONValue) -> Int64? {
    value.string.map { hundredths($0) } ?? value.numberText.flatMap { hundredths(ofNumber: $0) }
  }

  /// Decodes from a string, or from a number's own text.
  static func decode(_ decoder: any Decoder, what: String) throws -> Int64 {
    let value = try decoder.singleValueContainer().decode(JSONValue.self)
    guard value.kind == .string || value.kind == .number else {
      throw InvalidValue(reason: .wrongType, message: what)
    }
    guard let hundredths = hundredths(value) else {
      throw InvalidValue(reason: .malformed, message: what)
    }
    return hundredths
  }
}
