/// Reads a single value, which is no container.
struct SingleInput: SingleValueDecodingContainer {
  let value: JSONValue
  let refusesUnknown: Bool

  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { value.isNull }
  func decode(_ type: Bool.Type) throws -> Bool { try value.decodeBool() }
  func decode(_ type: String.Type) throws -> String { try value.decodeString() }
  func decode(_ type: Int.Type) throws -> Int { try value.decodeInteger() }
  func decode(_ type: Int8.Type) throws -> Int8 { try value.decodeInteger() }
  func decode(_ type: Int16.Type) throws -> Int16 { try value.decodeInteger() }
  func decode(_ type: Int32.Type) throws -> Int32 { try value.decodeInteger() }
  func decode(_ type: Int64.Type) throws -> Int64 { try value.decodeInteger() }
  func decode(_ type: UInt.Type) throws -> UInt { try value.decodeInteger() }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try value.decodeInteger() }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try value.decodeInteger() }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try value.decodeInteger() }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try value.decodeInteger() }
  func decode(_ type: Double.Type) throws -> Double { try value.decodeDouble() }
  func decode(_ type: Float.Type) throws -> Float { Float(try value.decodeDouble()) }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    try ValueDecoder(value, refusesUnknown: refusesUnknown).decode(type)
  }
}

extension JSONValue {
  func decodeString() throws(ParamsError) -> String {
    switch node.kind {
    case .string:
      return storage.string(at: index)
    case .escapedString:
      let bytes = JSONEscapes.unescape(storage.bytes, node.start + 1..<node.end - 1)
      // PostgreSQL cannot store it, and nobody types it.
      guard !bytes.contains(0) else {
        throw ParamsError(reason: .malformed, message: "must not hold the character U+0000")
      }
      return String(decoding: bytes, as: UTF8.self)
    default:
      throw .wrongType("a string", self)
    }
  }

  func decodeBool() throws(ParamsError) -> Bool {
    guard let bool else { throw .wrongType("true or false", self) }
    return bool
  }

  func decodeInteger<T: FixedWidthInteger>() throws(ParamsError) -> T {
    switch integer {
    case .integer(let isNegative, let magnitude)?:
      if let value = T(isNegative: isNegative, magnitude: magnitude) { return value }
      throw ParamsError(reason: .outOfRange, message: "is out of range")
    case .outOfRange?:
      throw ParamsError(reason: .outOfRange, message: "is out of range")
    case .notIntegral?:
      throw ParamsError(reason: .wrongType, message: "must be an integer")
    case nil:
      throw .wrongType("an integer", self)
    }
  }

  func decodeDouble() throws(ParamsError) -> Double {
    guard let text = numberText, let value = Double(text) else {
      throw .wrongType("a number", self)
    }
    guard value.isFinite else { throw ParamsError(reason: .outOfRange, message: "is out of range") }
    return value
  }
}
