extension ParamsError {
  static func wrongType(_ wanted: String, _ value: JSONValue) -> ParamsError {
    let found =
      switch value.kind {
      case .null: "null"
      case .bool: "a boolean"
      case .number: "a number"
      case .string: "a string"
      case .array: "an array"
      case .object: "an object"
      }
    return ParamsError(reason: .wrongType, message: "must be \(wanted), not \(found)")
  }

  /// This error as the container around the value reports it.
  func inside(_ component: String) -> ParamsError {
    var error = self
    if let field {
      error.field = component + (field.hasPrefix("[") ? field : "." + field)
    } else {
      error.field = component
    }
    return error
  }

  init(notAllowedBeside allowed: [String]) {
    self.init(
      reason: .notAllowedValue, message: "must be one of \(allowed.joined(separator: ", "))",
      details: ["allowed": .strings(allowed)])
  }

  /// Whatever an `init(from:)` throws.
  init<T: Decodable>(_ error: any Error, decoding type: T.Type) {
    switch error {
    case let error as ParamsError:
      self = error
    case let error as InvalidValue:
      self.init(reason: error.reason, message: error.message, details: error.details)
    default:
      // Of the standard library's types: an enum with a raw value that it does not have.
      if let allowed = EnumValues.strings(of: type) {
        self.init(notAllowedBeside: allowed)
      } else {
        self.init(reason: .invalid, message: "is not valid")
      }
    }
  }
}
