/// Why no schema could be made for a type.
public struct SchemaError: Error, Sendable, CustomStringConvertible {
  public let typeName: String
  public let message: String

  public var description: String { "\(typeName): \(message)" }
}

/// Learns the schema of a type by decoding it: the recorder answers whatever the type's
/// `init(from:)` asks for, and takes down what that was. So the schema of a struct with synthesized
/// `Decodable` is always what its decoding accepts.
public enum SchemaRecorder {
  /// Whether the type is read or written, which decides what an optional property means.
  public enum Use: Sendable {
    /// Read from a client: optional properties may be left out, unknown members are refused.
    case params
    /// Written to a client: every property is there, optional ones may be null, and members may be
    /// added some day.
    case result
  }

  public static func schema<T: Decodable>(
    of type: T.Type, as use: Use = .result
  ) throws(SchemaError) -> JSONSchema {
    try Recording(use: use).sample(type).schema
  }
}

/// What the decoders of one recording share.
final class Recording {
  let use: SchemaRecorder.Use
  /// The types that are being recorded, to notice a type that contains itself.
  private var open: [ObjectIdentifier] = []

  init(use: SchemaRecorder.Use) {
    self.use = use
  }

  /// A value of the type, and its schema.
  func sample<T: Decodable>(_ type: T.Type) throws(SchemaError) -> (value: T, schema: JSONSchema) {
    if let representable = type as? any JSONSchemaRepresentable.Type {
      let schema = use == .result ? representable.resultSchema : representable.jsonSchema
      return (try value(of: type, schema), schema)
    }
    if let values = EnumValues.strings(of: type), let first = EnumValues.first(of: type) {
      return (first, .enumeration(values))
    }
    return try record(type)
  }

  private func record<T: Decodable>(
    _ type: T.Type
  ) throws(SchemaError) -> (value: T, schema: JSONSchema) {
    let id = ObjectIdentifier(type)
    guard !open.contains(id) else {
      throw SchemaError(typeName: String(reflecting: type), message: "is part of itself")
    }
    open.append(id)
    defer { open.removeLast() }
    let decoder = RecordingDecoder(self)
    do {
      let value = try T(from: decoder)
      return (value, decoder.schema)
    } catch let error as SchemaError {
      throw error
    } catch {
      throw SchemaError(
        typeName: String(reflecting: type), message: "cannot be recorded: \(error)")
    }
  }

  private func value<T: Decodable>(of type: T.Type, _ schema: JSONSchema) throws(SchemaError) -> T {
    if let first = EnumValues.first(of: type) { return first }
    do {
      let document = try JSONDocument(parsing: schema.sample)
      return try JSONValueDecoder().decode(type, from: document.root)
    } catch {
      throw SchemaError(
        typeName: String(reflecting: type),
        message: "refuses the sample \(schema.sample); give its schema an example (\(error))")
    }
  }
}

extension JSONSchema {
  /// JSON text that fits, by the example or by a guess.
  var sample: String {
    if let exampleText { return exampleText }
    switch shape {
    case .any, .null: return "null"
    case .boolean: return "false"
    case .number: return "1"
    case .integer(let minimum, let maximum):
      return String(min(max(1, minimum ?? 1), maximum ?? .max))
    case .string(let format, _, let minLength, let maxLength):
      return sampleString(format, minLength ?? 0, maxLength ?? .max)
    case .enumeration(let values):
      return Self.quoted(values.first ?? "")
    case .array(let element, let minItems, _):
      return "[\(Array(repeating: element.sample, count: minItems ?? 0).joined(separator: ","))]"
    case .object(let properties, _):
      let members = properties.filter(\.isRequired).map {
        "\(Self.quoted($0.name)):\($0.schema.sample)"
      }
      return "{\(members.joined(separator: ","))}"
    case .anyOf(let schemas): return schemas.first?.sample ?? "null"
    case .nullable(let schema): return schema.sample
    }
  }

  private func sampleString(_ format: String?, _ minLength: Int, _ maxLength: Int) -> String {
    let text: String
    switch format {
    case "date": text = "2026-01-31"
    case "date-time": text = "2026-01-31T09:30:00Z"
    case "time": text = "09:30"
    case "uuid": text = "00000000-0000-4000-8000-000000000000"
    case "email": text = "someone@example.org"
    default:
      let padding = String(repeating: "e", count: max(minLength - 7, 0))
      text = String(("example" + padding).prefix(maxLength))
    }
    return Self.quoted(text)
  }

  private static func quoted(_ text: String) -> String {
    var writer = JSONWriter(capacity: text.utf8.count + 2)
    writer.string(text)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
