/// An element type whose arrays can be bound as parameters. Every ``PostgresEncodable`` type is
/// one, and so is `UInt8`, since `[UInt8]` is a `bytea`.
public protocol PostgresArrayElement {
  static var postgresArrayType: PostgresType { get }
  static func encode(array: [Self], into buffer: inout ParameterBuffer)
}

/// A value that can be the parameter of a statement.
public protocol PostgresEncodable: PostgresArrayElement {
  static var postgresType: PostgresType { get }
  /// Appends the value in the server's binary form, or NULL.
  func encode(into buffer: inout ParameterBuffer)
}

extension PostgresEncodable {
  public static var postgresArrayType: PostgresType { postgresType.array }

  public static func encode(array: [Self], into buffer: inout ParameterBuffer) {
    buffer.append(array: array)
  }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
  public static var postgresType: PostgresType { RawValue.postgresType }

  public func encode(into buffer: inout ParameterBuffer) {
    rawValue.encode(into: &buffer)
  }
}

extension Int: PostgresEncodable {
  public static var postgresType: PostgresType { .int8 }

  public func encode(into buffer: inout ParameterBuffer) {
    buffer.append(bigEndian: Int64(self))
  }
}

extension Int64: PostgresEncodable {
  public static var postgresType: PostgresType { .int8 }

  public func encode(into buffer: inout ParameterBuffer) {
    buffer.append(bigEndian: self)
  }
}

extension Int32: PostgresEncodable {
  public static var postgresType: PostgresType { .int4 }

  public func encode(into buffer: inout ParameterBuffer) {
    buffer.append(bigEndian: self)
  }
}

extension Bool: PostgresEncodable {
  public static var postgresType: PostgresType { .bool }

  public func encode(into buffer: inout ParameterBuffer) {
    buffer.append(self ? 1 : 0)
  }
}

extension Double: PostgresEncodable {
  public static var postgresType: PostgresType { .float8 }

  public func encode(into buffer: inout ParameterBuffer) {
    buffer.append(bigEndian: bitPattern)
  }
}

extension String: PostgresEncodable {
  public static var postgresType: PostgresType { .text }

  public func encode(into buffer: inout ParameterBuffer) {
    buffer.append(self)
  }
}

extension UInt8: PostgresArrayElement {
  public static var postgresArrayType: PostgresType { .bytea }

  public static func encode(array: [UInt8], into buffer: inout ParameterBuffer) {
    buffer.append(array)
  }
}

extension Array: PostgresArrayElement where Element: PostgresArrayElement {}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
  public static var postgresType: PostgresType { Element.postgresArrayType }

  public func encode(into buffer: inout ParameterBuffer) {
    Element.encode(array: self, into: &buffer)
  }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresEncodable {}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
  public static var postgresType: PostgresType { Wrapped.postgresType }

  public func encode(into buffer: inout ParameterBuffer) {
    if let value = self {
      value.encode(into: &buffer)
    } else {
      buffer.appendNull()
    }
  }
}
