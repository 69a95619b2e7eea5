package import JSONRPC
package import Postgres

/// A whole number with bounds, which are checked when it is decoded from a call.
package protocol BoundedInteger: RawRepresentable, Hashable, Sendable, Codable, PostgresEncodable,
  PostgresDecodable, JSONSchemaRepresentable
where RawValue == Int32 {
  static var bounds: ClosedRange<Int32> { get }
  init(rawValue: Int32)
}

extension BoundedInteger {
  package static var jsonSchema: JSONSchema {
    .integer(minimum: Int(bounds.lowerBound), maximum: Int(bounds.upperBound))
  }

  package init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer().decode(Int64.self)
    guard let value = Int32(exactly: value), Self.bounds.contains(value) else {
      throw InvalidValue(
        reason: .outOfRange, message: "\(Self.bounds.lowerBound) to \(Self.bounds.upperBound)")
    }
    self.init(rawValue: value)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

/// How many of something are prescribed, dispensed or billed: 1 to 100,000.
package struct Quantity: BoundedInteger {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }
  package static let bounds: ClosedRange<Int32> = 1...100_000
}
