package import JSONRPC
package import Postgres

/// A whole number with bounds, which are checked when it is decoded from a call.
package protocol BoundedNumber: RawRepresentable, Hashable, Sendable, Codable,
  JSONSchemaRepresentable
where RawValue: FixedWidthInteger & Codable & Sendable {
  static var bounds: ClosedRange<RawValue> { get }
  init(rawValue: RawValue)
}

/// A bounded number that a column of PostgreSQL holds.
package protocol BoundedInteger: BoundedNumber, PostgresEncodable, PostgresDecodable
where RawValue == Int32 {}

extension BoundedNumber {
  /// Whether there is no upper bound but that of the type.
  private static var isOpen: Bool { bounds.upperBound == .max }

  package static var jsonSchema: JSONSchema {
    .integer(minimum: Int(bounds.lowerBound), maximum: isOpen ? nil : Int(bounds.upperBound))
  }

  package init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer().decode(Int64.self)
    guard let value = RawValue(exactly: value), Self.bounds.contains(value) else {
      let limit = Self.isOpen ? "or more" : "to \(Self.bounds.upperBound)"
      throw InvalidValue(reason: .outOfRange, message: "\(Self.bounds.lowerBound) \(limit)")
    }
    self.init(rawValue: value)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}
