package import JSONRPC
package import Postgres

/// A value of a type, as the JSON text that a store made of it: it goes to the client without being
/// taken apart first.
package struct JSONOf<Value: Codable & Sendable>: EncodedJSON, Decodable, Sendable,
  JSONSchemaRepresentable
{
  package let json: RawJSON

  package static var jsonSchema: JSONSchema {
    (try? SchemaRecorder.schema(of: Value.self)) ?? .any
  }

  init(_ json: RawJSON) { self.json = json }

  package init(from decoder: any Decoder) throws { json = try RawJSON(from: decoder) }
}

extension JSONOf: PostgresDecodable {
  package init(postgres value: PostgresValue) throws(PostgresError) {
    json = RawJSON(compacting: try JSONB(postgres: value).bytes)
  }
}

extension JSONLimits {
  /// The limits for text that a store made: it may be of any size.
  static let stored = JSONLimits(maxBytes: .max, maxDepth: 200)
}
