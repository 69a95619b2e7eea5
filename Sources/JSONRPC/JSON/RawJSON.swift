/// JSON text as a property: written unchanged, read from any value.
public struct RawJSON: Sendable, Equatable {
  /// One JSON value. Nothing checks it again.
  public var bytes: [UInt8]

  public init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Takes JSON that may have white space between its parts, and drops that, line ends included.
  public init(compacting text: [UInt8]) {
    bytes = []
    bytes.append(addingCapacity: text.count) { output in
      var isInString = false
      var isEscaped = false
      for byte in text {
        if isInString {
          if isEscaped {
            isEscaped = false
          } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
          } else if byte == UInt8(ascii: "\"") {
            isInString = false
          }
        } else if byte.isJSONWhitespace {
          continue
        } else if byte == UInt8(ascii: "\"") {
          isInString = true
        }
        output.append(byte)
      }
    }
  }
}

extension RawJSON: Codable {
  public init(from decoder: any Decoder) throws {
    bytes = try JSONValue(from: decoder).rawBytes
  }

  public func encode(to encoder: any Encoder) throws {
    guard let encoder = encoder as? ValueEncoder else {
      throw EncodingError.invalidValue(self, .unknownCoder)
    }
    encoder.output.raw(bytes)
  }
}

/// A value that is JSON already, so that a result of it need not be copied.
public protocol EncodedJSON: Encodable {
  var json: RawJSON { get }
}

extension EncodedJSON {
  public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}

/// As a property: any JSON value, as it is.
extension JSONValue: Codable {
  public init(from decoder: any Decoder) throws {
    if let decoder = decoder as? ValueDecoder {
      self = decoder.takeWhole()
    } else if let recorder = decoder as? RecordingDecoder {
      recorder.record(.any)
      self = JSONValue.null
    } else {
      let text = "JSONValueDecoder alone decodes this"
      throw DecodingError.typeMismatch(
        Self.self, DecodingError.Context(codingPath: [], debugDescription: text))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    guard let encoder = encoder as? ValueEncoder else {
      throw EncodingError.invalidValue(self, .unknownCoder)
    }
    encoder.output.value(self)
  }
}

extension JSONValue {
  static let null = JSONValue(
    storage: JSONStorage(
      bytes: Array("null".utf8), tape: [JSONNode(.null, start: 0, length: 4)]), index: 0)

  static let emptyObject = JSONValue(
    storage: JSONStorage(
      bytes: Array("{}".utf8),
      tape: [JSONNode(.object, start: 0, length: 2), JSONNode(linkTo: 2, count: 0)]), index: 0)
}

extension EncodingError.Context {
  static var unknownCoder: Self {
    Self(codingPath: [], debugDescription: "JSONValueEncoder alone encodes this")
  }
}
