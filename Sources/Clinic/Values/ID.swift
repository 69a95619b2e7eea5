package import JSONRPC
import Postgres

/// The number of a row, which cannot be taken for the number of another kind of row.
package struct ID<Entity>: Hashable, Sendable, RawRepresentable, Comparable,
  PostgresEncodable, PostgresDecodable
{
  package let rawValue: Int64

  package init(rawValue: Int64) {
    self.rawValue = rawValue
  }

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension ID: Codable, JSONSchemaRepresentable {
  package static var jsonSchema: JSONSchema { .integer(minimum: 1) }

  package init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(Int64.self)
    guard rawValue > 0 else {
      throw InvalidValue(reason: .outOfRange, message: "an id is a positive integer")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

extension ID: CustomStringConvertible {
  package var description: String { String(rawValue) }
}
