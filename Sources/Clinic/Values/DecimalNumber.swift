package import JSONRPC
package import Postgres

/// A number with two decimals: a string on the wire, `numeric` in PostgreSQL.
package protocol DecimalNumber: Hashable, Comparable, Sendable, Codable, CustomStringConvertible,
  JSONSchemaRepresentable, PostgresEncodable, PostgresDecodable
{
  /// How a call may write one, for its schema.
  static var example: String { get }

  /// Takes decimal text; `nil` for other text.
  init?(_ text: String)
}

extension DecimalNumber {
  package static var jsonSchema: JSONSchema { DecimalText.jsonSchema.example(example) }
  package static var resultSchema: JSONSchema { DecimalText.resultSchema.example(example) }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  package static var postgresType: PostgresType { .numeric }

  package func encode(into buffer: inout ParameterBuffer) {
    Numeric(text: description).encode(into: &buffer)
  }

  package init(postgres value: PostgresValue) throws(PostgresError) {
    guard let number = Self(try Numeric(postgres: value).text) else { throw .decoding }
    self = number
  }
}
