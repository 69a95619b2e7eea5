/// A `jsonb`: JSON text in UTF-8.
public struct JSONB: Hashable, Sendable {
  public var bytes: [UInt8]

  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }
}

extension JSONB: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .jsonb }

  /// The first byte of the binary form.
  private static let version: UInt8 = 1

  public func encode(into buffer: inout ParameterBuffer) {
    buffer.append(Self.version)
    buffer.append(bytes)
  }

  public init(postgres value: PostgresValue) throws(PostgresError) {
    switch value.type {
    case .jsonb:
      guard try value.load(UInt8.self) == Self.version else { throw .decoding }
      self.init(try value.part(type: .json, at: 1, count: value.count - 1).bytes)
    case .json where !value.isNull:
      self.init(value.bytes)
    default: throw .decoding
    }
  }
}
