/// A JSON Schema (draft 7) of what the wire carries.
public struct JSONSchema: Sendable, Equatable {
  indirect enum Shape: Sendable, Equatable {
    case any, null, boolean, number
    case integer(minimum: Int?, maximum: Int?)
    case string(format: String?, pattern: String?, minLength: Int?, maxLength: Int?)
    case enumeration([String])
    case array(JSONSchema, minItems: Int?, maxItems: Int?)
    case object([Property], others: Others)
    case anyOf([JSONSchema])
    case nullable(JSONSchema)
  }

  /// What members an object may have beside its properties.
  indirect enum Others: Sendable, Equatable {
    /// Any members: a later version may add some.
    case open
    case none
    case each(JSONSchema)
  }

  public struct Property: Sendable, Equatable {
    public var name: String
    public var schema: JSONSchema
    public var isRequired: Bool

    public init(name: String, schema: JSONSchema, isRequired: Bool = true) {
      self.name = name
      self.schema = schema
      self.isRequired = isRequired
    }
  }

  let shape: Shape
  private(set) var text: String?
  private(set) var exampleText: String?

  init(_ shape: Shape) {
    self.shape = shape
  }

  public static let any = JSONSchema(.any)
  public static let null = JSONSchema(.null)
  public static let boolean = JSONSchema(.boolean)
  public static let number = JSONSchema(.number)

  public static func integer(minimum: Int? = nil, maximum: Int? = nil) -> JSONSchema {
    JSONSchema(.integer(minimum: minimum, maximum: maximum))
  }

  public static var string: JSONSchema { .string() }

  public static func string(
    format: String? = nil, pattern: String? = nil, minLength: Int? = nil, maxLength: Int? = nil
  ) -> JSONSchema {
    JSONSchema(
      .string(format: format, pattern: pattern, minLength: minLength, maxLength: maxLength))
  }

  /// One of these strings.
  public static func enumeration(_ values: [String]) -> JSONSchema {
    JSONSchema(.enumeration(values))
  }

  public static func array(
    of element: JSONSchema, minItems: Int? = nil, maxItems: Int? = nil
  ) -> JSONSchema {
    JSONSchema(.array(element, minItems: minItems, maxItems: maxItems))
  }

  /// - Parameter isClosed: whether members beside the properties are refused.
  public static func object(_ properties: [Property], isClosed: Bool = false) -> JSONSchema {
    JSONSchema(.object(properties, others: isClosed ? .none : .open))
  }

  /// An object with members of any name, all of one kind.
  public static func dictionary(of value: JSONSchema) -> JSONSchema {
    JSONSchema(.object([], others: .each(value)))
  }

  public static func anyOf(_ schemas: [JSONSchema]) -> JSONSchema {
    JSONSchema(.anyOf(schemas))
  }

  /// The given schema, or null.
  public static func nullable(_ schema: JSONSchema) -> JSONSchema {
    switch schema.shape {
    case .nullable, .null, .any: schema
    default: JSONSchema(.nullable(schema))
    }
  }

  /// This schema with a description for people.
  public func described(_ text: String) -> JSONSchema {
    var schema = self
    schema.text = text
    return schema
  }

  /// This schema with an example, as JSON text: `"\"2026-01-31\""`, `"12"`.
  public func example(_ json: String) -> JSONSchema {
    var schema = self
    schema.exampleText = json
    return schema
  }

  /// The properties of an object; empty for anything else.
  public var properties: [Property] {
    switch shape {
    case .object(let properties, _): properties
    case .nullable(let schema): schema.properties
    default: []
    }
  }

  var propertyNames: [String] { properties.map(\.name) }
}
