package import JSONRPC

/// The whole queue of a day, already encoded.
package struct EncodedQueue: EncodedJSON, Decodable, Sendable, JSONSchemaRepresentable {
  package let json: RawJSON

  package static var jsonSchema: JSONSchema {
    let schemas = [
      try? SchemaRecorder.schema(of: StaffQueue.self),
      try? SchemaRecorder.schema(of: BoardQueue.self),
    ]
    return .anyOf(schemas.compactMap { $0 })
  }

  init(_ bytes: [UInt8]) {
    json = RawJSON(bytes: bytes)
  }

  package init(from decoder: any Decoder) throws { json = try RawJSON(from: decoder) }
}
