extension JSONSchema {
  /// Why the value does not fit, with the place (`items[2].quantity: must be an integer`); nil when
  /// it does.
  ///
  /// Formats and patterns are not looked at: they describe what the types themselves check.
  public func mismatch(_ value: JSONValue) -> String? {
    mismatch(value, at: "")
  }

  private func mismatch(_ value: JSONValue, at place: String) -> String? {
    func fault(_ message: String) -> String { place.isEmpty ? message : "\(place): \(message)" }
    switch shape {
    case .any: return nil
    case .null: return value.isNull ? nil : fault("must be null")
    case .boolean: return value.bool != nil ? nil : fault("must be a boolean")
    case .number: return value.kind == .number ? nil : fault("must be a number")
    case .integer(let minimum, let maximum):
      return integerFault(value, minimum, maximum).map(fault)
    case .string(_, _, let minLength, let maxLength):
      guard let count = value.string?.unicodeScalars.count else { return fault("must be a string") }
      return Self.isWithin(count, minLength, maxLength)
        ? nil : fault("has a length that is not allowed")
    case .enumeration(let values):
      return value.string.map(values.contains) == true ? nil : fault("is none of \(values)")
    case .array(let element, let minItems, let maxItems):
      guard value.kind == .array else { return fault("must be an array") }
      guard Self.isWithin(value.count, minItems, maxItems) else {
        return fault("has a number of items that is not allowed")
      }
      return first(value.elements.enumerated()) {
        element.mismatch($1, at: "\(place)[\($0)]")
      }
    case .object(let properties, let others):
      guard value.kind == .object else { return fault("must be an object") }
      return objectFault(value, properties, others, at: place)
    case .anyOf(let schemas):
      return schemas.contains { $0.mismatch(value) == nil } ? nil : fault("fits no alternative")
    case .nullable(let schema):
      return value.isNull ? nil : schema.mismatch(value, at: place)
    }
  }

  private func integerFault(_ value: JSONValue, _ minimum: Int?, _ maximum: Int?) -> String? {
    switch value.integer {
    case .integer?:
      guard let int = value.int else { return nil }
      return Self.isWithin(int, minimum, maximum) ? nil : "is out of range"
    case .outOfRange?: return nil
    case .notIntegral?, nil: return "must be an integer"
    }
  }

  private static func isWithin(_ number: Int, _ minimum: Int?, _ maximum: Int?) -> Bool {
    number >= minimum ?? .min && number <= maximum ?? .max
  }

  private func objectFault(
    _ value: JSONValue, _ properties: [Property], _ others: Others, at place: String
  ) -> String? {
    for property in properties where property.isRequired && value[property.name] == nil {
      return "\(path(place, property.name)): missing"
    }
    return first(value.members) { name, member in
      let memberPlace = path(place, name)
      if let property = properties.first(where: { $0.name == name }) {
        return property.schema.mismatch(member, at: memberPlace)
      }
      switch others {
      case .open: return nil
      case .none: return "\(memberPlace): is not in the schema"
      case .each(let schema): return schema.mismatch(member, at: memberPlace)
      }
    }
  }

  private func path(_ place: String, _ name: String) -> String {
    place.isEmpty ? name : "\(place).\(name)"
  }

  private func first<S: Sequence>(_ values: S, _ fault: (S.Element) -> String?) -> String? {
    for value in values {
      if let fault = fault(value) { return fault }
    }
    return nil
  }
}
