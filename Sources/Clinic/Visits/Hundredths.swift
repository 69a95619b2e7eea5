package import JSONRPC

/// An exact number with up to two decimals, on the wire a JSON number: `37.2`.
package struct Hundredths: RawRepresentable, Hashable, Comparable, Sendable {
  package let rawValue: Int64

  package init(rawValue: Int64) {
    self.rawValue = rawValue
  }

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  static func - (a: Self, b: Self) -> Self { Self(rawValue: a.rawValue - b.rawValue) }

  /// The value multiplied and divided, rounded half away from zero. It is a vital sign, so nothing
  /// overflows.
  func scaled(_ factor: Int64, by divisor: Int64) -> Hundredths {
    let product = rawValue * factor
    return Hundredths(rawValue: (product + (product < 0 ? -divisor : divisor) / 2) / divisor)
  }

  /// Reads a JSON number, or a string that holds one; nil for one with more decimals and for
  /// anything else.
  init?(_ value: JSONValue) {
    if let whole = value.int {
      guard whole.magnitude < 1_000_000_000_000 else { return nil }
      rawValue = Int64(whole) * 100
    } else if let hundredths = DecimalText.hundredths(value) {
      rawValue = hundredths
    } else {
      return nil
    }
  }
}

extension Hundredths: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int64) { self.init(rawValue: value * 100) }
}

extension Hundredths: CustomStringConvertible {
  /// The number without zeros at the end.
  package var description: String {
    var text = DecimalText.text(hundredths: rawValue)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}

extension Hundredths: Codable, JSONSchemaRepresentable {
  package static var jsonSchema: JSONSchema { .number }

  package init(from decoder: any Decoder) throws {
    guard let value = Hundredths(try decoder.singleValueContainer().decode(JSONValue.self)) else {
      throw InvalidValue(reason: .malformed, message: "a number with at most two decimals")
    }
    self = value
  }

  package func encode(to encoder: any Encoder) throws {
    try RawJSON(bytes: Array(description.utf8)).encode(to: encoder)
  }
}
