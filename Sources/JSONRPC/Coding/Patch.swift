/// A property type that may be absent from the JSON even though the property is not `Optional`.
public protocol OptionalParam: Decodable {
  static var absent: Self { get }
}

/// What an update does to a field: a member that is absent leaves it, null clears it, a value sets
/// it.
public enum Patch<Value> {
  case unchanged
  case clear
  case set(Value)

  /// The value of the field after the update.
  public func applied(to old: Value?) -> Value? {
    switch self {
    case .unchanged: old
    case .clear: nil
    case .set(let value): value
    }
  }
}

extension Patch: Sendable where Value: Sendable {}
extension Patch: Equatable where Value: Equatable {}

extension Patch: Decodable, OptionalParam where Value: Decodable {
  public static var absent: Self { .unchanged }

  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer().decode(Value?.self)
    self = value.map { .set($0) } ?? .clear
  }
}

/// As a property, `unchanged` is left out.
extension Patch: Encodable where Value: Encodable {
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .set(let value):
      try value.encode(to: encoder)
    case .unchanged:
      if let encoder = encoder as? ValueEncoder {
        encoder.output.leaveOut()
        return
      }
      fallthrough
    case .clear:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    }
  }
}
