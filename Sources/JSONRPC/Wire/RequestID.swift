/// The id of a call, exactly as the client wrote it.
public struct RequestID: Sendable {
  /// A JSON string, number or null.
  public let rawBytes: [UInt8]

  public static let null = RequestID(rawBytes: Array("null".utf8))

  private init(rawBytes: [UInt8]) {
    self.rawBytes = rawBytes
  }

  public init(_ number: Int) {
    self.init(rawBytes: Array(String(number).utf8))
  }

  public init(_ text: String) {
    var writer = JSONWriter(capacity: text.utf8.count + 2)
    writer.string(text)
    self.init(rawBytes: writer.finish())
  }

  /// Nil when the value is not a string, a number or null.
  public init?(_ value: JSONValue) {
    switch value.kind {
    case .string, .number, .null: self.init(rawBytes: value.rawBytes)
    case .bool, .array, .object: return nil
    }
  }

  public var isNull: Bool { rawBytes.first == UInt8(ascii: "n") }
  public var isString: Bool { rawBytes.first == UInt8(ascii: "\"") }
}

extension RequestID: Hashable {
  /// Equal when the JSON text is; strings are also equal when only their escapes differ.
  public static func == (one: RequestID, other: RequestID) -> Bool {
    one.comparable == other.comparable
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(comparable)
  }

  private var comparable: [UInt8] {
    guard isString, rawBytes.contains(UInt8(ascii: "\\")) else { return rawBytes }
    let quote = [UInt8(ascii: "\"")]
    return quote + JSONEscapes.unescape(rawBytes, 1..<rawBytes.count - 1) + quote
  }
}

extension RequestID: CustomStringConvertible {
  /// The id as it was written.
  public var description: String { String(decoding: rawBytes, as: UTF8.self) }
}

/// As a param: the id of another call.
extension RequestID: Codable, JSONSchemaRepresentable {
  public static var jsonSchema: JSONSchema { .anyOf([.number, .string]) }

  public init(from decoder: any Decoder) throws {
    guard let id = RequestID(try JSONValue(from: decoder)), !id.isNull else {
      throw InvalidValue(reason: .wrongType, message: "must be a string or a number")
    }
    self = id
  }

  public func encode(to encoder: any Encoder) throws {
    try RawJSON(bytes: rawBytes).encode(to: encoder)
  }
}
