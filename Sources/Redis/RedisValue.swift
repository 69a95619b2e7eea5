/// What Redis answers.
public enum RedisValue: Sendable, Hashable {
  case string([UInt8])
  case int(Int64)
  case array([RedisValue])
  case null
  /// A short answer such as `OK`.
  case status(String)
  /// The server's message. It may quote what was sent, so it belongs in no log.
  case error(String)
}

extension RedisValue {
  /// The bytes of a string or a status.
  public var bytes: [UInt8]? {
    switch self {
    case .string(let bytes): bytes
    case .status(let text): Array(text.utf8)
    default: nil
    }
  }

  /// A string or a status as text.
  public var text: String? {
    switch self {
    case .string(let bytes): String(decoding: bytes, as: UTF8.self)
    case .status(let text): text
    default: nil
    }
  }

  /// An integer, or a string that is one: Redis stores integers as text.
  public var integer: Int64? {
    switch self {
    case .int(let value): value
    case .string(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
    default: nil
    }
  }

  public var elements: [RedisValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  public var isNull: Bool { self == .null }
}
