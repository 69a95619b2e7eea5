/// A type that declares its own schema, because its `init(from:)` has rules of its own.
///
/// The ``SchemaRecorder`` makes a value of it from the schema's example, or from an obvious sample:
/// a type that refuses the obvious one gives ``JSONSchema/example(_:)``.
public protocol JSONSchemaRepresentable {
  static var jsonSchema: JSONSchema { get }
  /// The schema of the value in results, if narrower than in params; the same by default.
  static var resultSchema: JSONSchema { get }
}

extension JSONSchemaRepresentable {
  public static var resultSchema: JSONSchema { jsonSchema }
}

/// Marks the type of a property that is never a param by position.
public protocol ByNameOnly {}

extension String: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .string }
}

extension Bool: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .boolean }
}

extension Double: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .number }
}

extension Float: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .number }
}

extension Int: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .integer() }
}

extension Int64: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .integer() }
}

extension Int32: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .limited(Self.self) }
}

extension Int16: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .limited(Self.self) }
}

extension Int8: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .limited(Self.self) }
}

extension UInt: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .integer(minimum: 0) }
}

extension UInt64: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .integer(minimum: 0) }
}

extension UInt32: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .limited(Self.self) }
}

extension UInt16: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .limited(Self.self) }
}

extension UInt8: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .limited(Self.self) }
}

extension JSONSchema {
  fileprivate static func limited<T: FixedWidthInteger>(_ type: T.Type) -> JSONSchema {
    .integer(minimum: Int(clamping: T.min), maximum: Int(clamping: T.max))
  }
}

extension JSONValue: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .any }
}

extension RawJSON: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .any }
}

extension Optional: JSONSchemaRepresentable where Wrapped: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .nullable(Wrapped.jsonSchema) }
  public static var resultSchema: JSONSchema { .nullable(Wrapped.resultSchema) }
}

extension Array: JSONSchemaRepresentable where Element: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .array(of: Element.jsonSchema) }
  public static var resultSchema: JSONSchema { .array(of: Element.resultSchema) }
}

extension Dictionary: JSONSchemaRepresentable
where Key == String, Value: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .dictionary(of: Value.jsonSchema) }
  public static var resultSchema: JSONSchema { .dictionary(of: Value.resultSchema) }
}

extension Patch: JSONSchemaRepresentable where Value: JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .nullable(Value.jsonSchema) }
}

extension JSONSchemaRepresentable
where Self: CaseIterable & RawRepresentable, RawValue == String {
  /// One of the raw values.
  public static var jsonSchema: JSONSchema { .enumeration(allCases.map(\.rawValue)) }
}

/// Enums of strings, recognised without a declaration.
enum EnumValues {
  /// The raw values of all cases; nil when the type is no such enum.
  static func strings<T>(of type: T.Type) -> [String]? {
    guard let type = type as? any (CaseIterable & RawRepresentable).Type else { return nil }
    return rawValues(type)
  }

  private static func rawValues<T: CaseIterable & RawRepresentable>(_ type: T.Type) -> [String]? {
    let values = type.allCases.compactMap { $0.rawValue as? String }
    return values.count == type.allCases.count && !values.isEmpty ? values : nil
  }

  static func first<T>(of type: T.Type) -> T? {
    guard let type = type as? any CaseIterable.Type else { return nil }
    return firstCase(type) as? T
  }

  private static func firstCase<T: CaseIterable>(_ type: T.Type) -> Any? {
    type.allCases.first
  }
}
