package import JSONRPC
package import Postgres

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
