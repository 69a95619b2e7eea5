/// One word of a command: its name, a key, a value.
///
///     try await redis.command(["SET", "queue:version:\(date)", .int(version)])
public struct RedisArgument: Sendable, Hashable {
  fileprivate enum Storage: Sendable, Hashable {
    case string(String)
    case bytes([UInt8])
    case int(Int64)
  }

  fileprivate let storage: Storage

  public static func string(_ value: String) -> Self { Self(storage: .string(value)) }

  public static func bytes(_ value: [UInt8]) -> Self { Self(storage: .bytes(value)) }

  /// Sent as decimal digits.
  public static func int(_ value: some FixedWidthInteger) -> Self {
    guard let small = Int64(exactly: value) else { return .string(String(value)) }
    return Self(storage: .int(small))
  }
}

extension RedisArgument: ExpressibleByStringInterpolation {
  public init(stringLiteral value: String) { self = .string(value) }
}

extension RedisArgument: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int64) { self = .int(value) }
}

// MARK: - The wire

extension [UInt8] {
  /// Appends a command as Redis reads it: an array of strings with their lengths before them.
  mutating func append(command arguments: [RedisArgument]) {
    append(UInt8(ascii: "*"), length: arguments.count)
    for argument in arguments { append(argument) }
  }

  private mutating func append(_ argument: RedisArgument) {
    switch argument.storage {
    case .string(let text):
      append(UInt8(ascii: "$"), length: text.utf8.count)
      append(contentsOf: text.utf8)
    case .bytes(let bytes):
      append(UInt8(ascii: "$"), length: bytes.count)
      append(contentsOf: bytes)
    case .int(let value):
      let digits = String(value)
      append(UInt8(ascii: "$"), length: digits.utf8.count)
      append(contentsOf: digits.utf8)
    }
    append(UInt8(ascii: "\r"))
    append(UInt8(ascii: "\n"))
  }

  private mutating func append(_ mark: UInt8, length: Int) {
    append(mark)
    if length < 10 {
      append(UInt8(ascii: "0") + UInt8(length))
    } else {
      append(contentsOf: String(length).utf8)
    }
    append(UInt8(ascii: "\r"))
    append(UInt8(ascii: "\n"))
  }
}
