package import JSONRPC
package import Postgres

/// An amount of money: exact, two decimals, of the clinic's one currency (rule 38).
///
/// On the wire a string, `"12.50"`; in params a JSON number is taken too, from its text and never
/// through a float.
package struct Money: Hashable, Comparable, Sendable {
  package let cents: Int64

  package init(cents: Int64) {
    self.cents = cents
  }

  package static let zero = Money(cents: 0)
  /// The largest amount: a hundred million less a cent.
  package static let limit = Money(cents: 9_999_999_999)

  package static func < (a: Self, b: Self) -> Bool { a.cents < b.cents }
  package static func + (a: Self, b: Self) -> Money { Money(cents: a.cents + b.cents) }
  package static func - (a: Self, b: Self) -> Money { Money(cents: a.cents - b.cents) }
  package static func * (quantity: Int, price: Self) -> Money {
    Money(cents: Int64(quantity) * price.cents)
  }

  /// A share of the amount, rounded half up to the cent.
  package func share(_ percent: Percent) -> Money {
    Money(cents: (cents * percent.hundredths + 5000) / 10_000)
  }

  /// The share of the amount that a part has in a whole, rounded up to the cent.
  package func share(_ part: Money, of whole: Money) -> Money {
    guard whole.cents > 0 else { return .zero }
    let (product, divisor) = (Int128(cents) * Int128(part.cents), Int128(whole.cents))
    return Money(cents: Int64(clamping: (product + divisor - 1) / divisor))
  }

  /// Takes decimal text: `12`, `12.5`, `12.50`. `nil` for more than two decimals that matter and
  /// for anything else.
  package init?(_ text: String) {
    guard let cents = DecimalText.hundredths(text) else { return nil }
    self.cents = cents
  }
}

extension Money: CustomStringConvertible {
  package var description: String { DecimalText.text(hundredths: cents) }
}

extension Money: Codable, JSONSchemaRepresentable {
  package static var jsonSchema: JSONSchema {
    DecimalText.jsonSchema.example("\"12.50\"")
  }
  package static var resultSchema: JSONSchema {
    DecimalText.resultSchema.example("\"12.50\"")
  }

  package init(from decoder: any Decoder) throws {
    let cents = try DecimalText.decode(decoder, what: "an amount with two decimals, as \"12.50\"")
    guard (0...Self.limit.cents).contains(cents) else {
      throw InvalidValue(reason: .outOfRange, message: "0.00 to \(Self.limit)")
    }
    self.cents = cents
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Money: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { .numeric }

  package func encode(into buffer: inout ParameterBuffer) {
    Numeric(text: description).encode(into: &buffer)
  }

  package init(postgres value: PostgresValue) throws(PostgresError) {
    guard let money = Money(try Numeric(postgres: value).text) else { throw .decoding }
    self = money
  }
}

/// A percentage with two decimals, 0 to 100: `"7.50"`.
package struct Percent: Hashable, Comparable, Sendable {
  package let hundredths: Int64

  package init(hundredths: Int64) {
    self.hundredths = hundredths
  }

  package static func < (a: Self, b: Self) -> Bool { a.hundredths < b.hundredths }

  package init?(_ text: String) {
    guard let value = DecimalText.hundredths(text), (0...10_000).contains(value) else { return nil }
    hundredths = value
  }
}

extension Percent: CustomStringConvertible {
  package var description: String { DecimalText.text(hundredths: hundredths) }
}

extension Percent: Codable, JSONSchemaRepresentable {
  package static var jsonSchema: JSONSchema {
    DecimalText.jsonSchema.example("\"7.50\"")
  }
  package static var resultSchema: JSONSchema {
    DecimalText.resultSchema.example("\"7.50\"")
  }

  package init(from decoder: any Decoder) throws {
    let value = try DecimalText.decode(decoder, what: "a percentage with two decimals, as \"7.50\"")
    guard (0...10_000).contains(value) else {
      throw InvalidValue(reason: .outOfRange, message: "0 to 100")
    }
    hundredths = value
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Percent: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { .numeric }

  package func encode(into buffer: inout ParameterBuffer) {
    Numeric(text: description).encode(into: &buffer)
  }

  package init(postgres value: PostgresValue) throws(PostgresError) {
    guard let percent = Percent(try Numeric(postgres: value).text) else { throw .decoding }
    self = percent
  }
}

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
