/// The params of a method, learnt from the type that they are decoded into. Made once per method.
public struct MethodParams: Sendable {
  public struct Field: Sendable, Equatable {
    /// The name on the wire.
    public let name: String
    public let schema: JSONSchema
    public let isRequired: Bool
    /// Whether the field's type is ``ByNameOnly``.
    public let isByNameOnly: Bool

    public init(name: String, schema: JSONSchema, isRequired: Bool, isByNameOnly: Bool = false) {
      self.name = name
      self.schema = schema
      self.isRequired = isRequired
      self.isByNameOnly = isByNameOnly
    }
  }

  /// All fields, in the order in which the type declares them.
  public let fields: [Field]
  /// The fields that may be given by position, in that order.
  public let positional: [Field]

  /// The names of fields that something other than the params type decodes.
  let besideType: [String]

  public static let none = MethodParams(fields: [])

  public init(fields: [Field]) {
    self.init(fields: fields, besideType: [])
  }

  private init(fields: [Field], besideType: [String]) {
    self.fields = fields
    self.besideType = besideType
    positional = fields.filter { !$0.isByNameOnly }
  }

  /// - Throws: ``SchemaError`` when the type is not a struct with named properties, or one of them
  ///   has no schema.
  public init<T: Decodable>(_ type: T.Type) throws(SchemaError) {
    self.init(fields: try Recording(use: .params).fields(of: type))
  }

  /// A copy with one more optional, by-name-only param, which something other than the params type
  /// decodes.
  public func adding(_ name: String, _ schema: JSONSchema) -> MethodParams {
    let field = Field(name: name, schema: schema, isRequired: false, isByNameOnly: true)
    return MethodParams(fields: fields + [field], besideType: besideType + [name])
  }

  public func field(named name: String) -> Field? {
    fields.first { $0.name == name }
  }
}

extension Recording {
  func fields<T: Decodable>(of type: T.Type) throws(SchemaError) -> [MethodParams.Field] {
    let decoder = RecordingDecoder(self)
    do {
      _ = try T(from: decoder)
    } catch let error as SchemaError {
      throw error
    } catch {
      throw SchemaError(typeName: String(reflecting: type), message: "cannot be recorded: \(error)")
    }
    if case .object = decoder.schema.shape { return decoder.properties ?? [] }
    throw SchemaError(typeName: String(reflecting: type), message: "params are a struct")
  }
}
