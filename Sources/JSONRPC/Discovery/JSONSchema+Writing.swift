extension JSONSchema {
  /// The schema as JSON text.
  public var json: [UInt8] {
    var writer = JSONWriter()
    write(into: &writer)
    return writer.finish()
  }

  public func write(into writer: inout JSONWriter) {
    writer.beginObject()
    writeShape(shape, orNull: false, into: &writer)
    if let text { writer.member("description", text) }
    if let exampleText {
      writer.key("examples")
      writer.beginArray()
      writer.raw(exampleText)
      writer.endArray()
    }
    writer.endObject()
  }

  private func writeShape(_ shape: Shape, orNull: Bool, into writer: inout JSONWriter) {
    switch shape {
    case .any: break
    case .null: writer.member("type", "null")
    case .boolean: writeType("boolean", orNull, into: &writer)
    case .number: writeType("number", orNull, into: &writer)
    case .integer(let minimum, let maximum):
      writeType("integer", orNull, into: &writer)
      writeIfPresent("minimum", minimum, into: &writer)
      writeIfPresent("maximum", maximum, into: &writer)
    case .string(let format, let pattern, let minLength, let maxLength):
      writeType("string", orNull, into: &writer)
      if let format { writer.member("format", format) }
      if let pattern { writer.member("pattern", pattern) }
      writeIfPresent("minLength", minLength, into: &writer)
      writeIfPresent("maxLength", maxLength, into: &writer)
    case .enumeration(let values):
      writeType("string", orNull, into: &writer)
      writeEnumeration(values, orNull, into: &writer)
    case .array(let element, let minItems, let maxItems):
      writeType("array", orNull, into: &writer)
      writer.key("items")
      element.write(into: &writer)
      writeIfPresent("minItems", minItems, into: &writer)
      writeIfPresent("maxItems", maxItems, into: &writer)
    case .object(let properties, let others):
      writeType("object", orNull, into: &writer)
      writeObject(properties, others, into: &writer)
    case .anyOf(let schemas):
      writeChoice("anyOf", orNull ? schemas + [.null] : schemas, into: &writer)
    case .nullable(let schema):
      if schema.text == nil, schema.exampleText == nil {
        writeShape(schema.shape, orNull: true, into: &writer)
      } else {
        writeChoice("anyOf", [schema, .null], into: &writer)
      }
    }
  }

  private func writeType(_ type: String, _ orNull: Bool, into writer: inout JSONWriter) {
    guard orNull else { return writer.member("type", type) }
    writer.key("type")
    writer.beginArray()
    writer.string(type)
    writer.string("null")
    writer.endArray()
  }

  private func writeIfPresent(_ name: String, _ value: Int?, into writer: inout JSONWriter) {
    if let value { writer.member(name, value) }
  }

  private func writeEnumeration(
    _ values: [String], _ orNull: Bool, into writer: inout JSONWriter
  ) {
    writer.key("enum")
    writer.beginArray()
    for value in values { writer.string(value) }
    if orNull { writer.null() }
    writer.endArray()
  }

  private func writeObject(
    _ properties: [Property], _ others: Others, into writer: inout JSONWriter
  ) {
    if !properties.isEmpty {
      writer.key("properties")
      writer.beginObject()
      for property in properties {
        writer.key(property.name)
        property.schema.write(into: &writer)
      }
      writer.endObject()
    }
    let required = properties.filter(\.isRequired)
    if !required.isEmpty {
      writer.key("required")
      writer.beginArray()
      for property in required { writer.string(property.name) }
      writer.endArray()
    }
    switch others {
    case .open: break
    case .none: writer.member("additionalProperties", false)
    case .each(let schema):
      writer.key("additionalProperties")
      schema.write(into: &writer)
    }
  }

  private func writeChoice(
    _ keyword: String, _ schemas: [JSONSchema], into writer: inout JSONWriter
  ) {
    writer.key(keyword)
    writer.beginArray()
    for schema in schemas { schema.write(into: &writer) }
    writer.endArray()
  }
}
