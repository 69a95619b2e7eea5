import JSONRPC

/// What a JSON Schema admits, in a few words.
enum SchemaText {
  struct Param: Equatable {
    /// `emergency_contact.phone` for a member of an object.
    let name: String
    let type: String
    let isRequired: Bool
  }

  /// The params of a method as `rpc.discover` describes it; those that are objects member by
  /// member.
  static func params(of method: JSONValue) -> [Param] {
    method["params"].map { params in
      params.elements.flatMap { param in
        self.params(
          named: param["name"]?.string ?? "", param["schema"],
          isRequired: param["required"]?.bool == true)
      }
    } ?? []
  }

  private static func params(named name: String, _ schema: JSONValue?, isRequired: Bool) -> [Param]
  {
    let name = Printable.text(name)
    guard let properties = properties(of: schema), properties.count > 0 else {
      return [Param(name: name, type: schema.map(type(of:)) ?? "any", isRequired: isRequired)]
    }
    return properties.members.flatMap { member, schema in
      params(named: "\(name).\(member)", schema, isRequired: false)
    }
  }

  private static func properties(of schema: JSONValue?) -> JSONValue? {
    guard let schema else { return nil }
    let candidates = choices(of: schema) ?? [schema]
    return candidates.lazy.compactMap { $0["properties"] }.first
  }

  /// Null is left out: params that may be null may as well be missing.
  static func type(of schema: JSONValue) -> String {
    let words = alternatives(of: schema)
    return words.isEmpty ? "any" : words.joined(separator: " or ")
  }

  private static func alternatives(of schema: JSONValue) -> [String] {
    if let choices = choices(of: schema) { return choices.flatMap(alternatives(of:)) }
    if let values = schema["enum"] {
      return [values.elements.filter { !$0.isNull }.map(CellText.text).joined(separator: ", ")]
    }
    let types = schema["type"].map { $0.kind == .array ? Array($0.elements) : [$0] } ?? []
    return types.compactMap(\.string).filter { $0 != "null" }.map { type in
      switch type {
      case "array": "list of \(schema["items"].map(Self.type(of:)) ?? "any")"
      case "string": schema["format"].map(CellText.text) ?? "text"
      default: Printable.text(type)
      }
    }
  }

  private static func choices(of schema: JSONValue) -> [JSONValue]? {
    (schema["anyOf"] ?? schema["oneOf"]).map { Array($0.elements) }
  }
}
