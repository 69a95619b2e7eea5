package import JSONRPC
import Mongo
package import Postgres

/// A value of a type, as the JSON text that a store made of it: it goes to the client without being taken apart first.
package struct JSONOf<Value: Codable & Sendable>: Codable, Sendable, JSONSchemaRepresentable {
  private let json: RawJSON

  package static var jsonSchema: JSONSchema {
    (try? SchemaRecorder.schema(of: Value.self)) ?? .any
  }

  package init(from decoder: any Decoder) throws { json = try RawJSON(from: decoder) }
  package func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}

extension JSONOf: PostgresDecodable {
  package init(postgres value: PostgresValue) throws(PostgresError) {
    json = RawJSON(compacting: try JSONB(postgres: value).bytes)
  }
}

extension JSONOf {
  /// What stands beside the properties of `Value` in a copied document.
  private static var ofTheCopy: [String] { ["_id", sourceVersion] }

  init(_ document: BSONDocument) {
    var json = JSONWriter(capacity: 2048)
    json.beginObject()
    for (key, value) in document where !Self.ofTheCopy.contains(key) {
      json.key(key)
      value.write(into: &json)
    }
    json.endObject()
    self.json = RawJSON(bytes: json.finish())
  }
}
