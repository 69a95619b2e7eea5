package import JSONRPC

/// The lines of a call: 1 to 100 of them.
package struct ItemList<Element: Codable & Sendable>: RawRepresentable, Codable, Sendable,
  JSONSchemaRepresentable
{
  package let rawValue: [Element]
  package init(rawValue: [Element]) { self.rawValue = rawValue }

  package static var jsonSchema: JSONSchema {
    let element = try? SchemaRecorder.schema(of: Element.self, as: .params)
    return .array(of: element ?? .any, minItems: 1, maxItems: 100)
  }

  package init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode([Element].self)
    guard !rawValue.isEmpty else {
      throw InvalidValue(reason: .tooShort, message: "at least 1 item")
    }
    guard rawValue.count <= 100 else {
      throw InvalidValue(reason: .tooLong, message: "at most 100 items")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}
