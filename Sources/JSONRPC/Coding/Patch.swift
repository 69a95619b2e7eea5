/// A property's type whose member need not be there, although the property is no optional.
public protocol OptionalParam: Decodable {
  static var absent: Self { get }
}

/// What an update does to a field: a member that is absent leaves it, null clears it, a value sets it.
public enum Patch<Value> {
  case unchanged
  case clear
  case set(Value)

  /// What the field is afterwards.
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

/// What is unchanged has no JSON; it is encoded as null.
extension Patch: Encodable where Value: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if case .set(let value) = self {
      try container.encode(value)
    } else {
      try container.encodeNil()
    }
  }
}
