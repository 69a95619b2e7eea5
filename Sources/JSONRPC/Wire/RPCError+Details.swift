extension RPCError {
  /// A member's value in an error's `data`.
  public enum Value: Sendable, Equatable {
    case string(String)
    case int(Int)
    case bool(Bool)
    case null
    case strings([String])
    /// JSON text.
    case raw([UInt8])

    func write(into writer: inout JSONWriter) {
      switch self {
      case .string(let text): writer.string(text)
      case .int(let number): writer.int(number)
      case .bool(let bool): writer.bool(bool)
      case .null: writer.null()
      case .raw(let json): writer.raw(json)
      case .strings(let texts):
        writer.beginArray()
        for text in texts { writer.string(text) }
        writer.endArray()
      }
    }
  }

  /// The members of an error's `data`, in order.
  public struct Details: Sendable, Equatable {
    public struct Member: Sendable, Equatable {
      public var name: String
      public var value: Value
    }

    public private(set) var members: [Member] = []

    public init() {}

    /// The value of that name; nil when there is none.
    public subscript(name: String) -> Value? {
      members.first { $0.name == name }?.value
    }

    /// Adds a member, or replaces the value of the one that has this name.
    public mutating func append(_ name: String, _ value: Value) {
      if let index = members.firstIndex(where: { $0.name == name }) {
        members[index].value = value
      } else {
        members.append(Member(name: name, value: value))
      }
    }

    func write(into writer: inout JSONWriter) {
      writer.beginObject()
      for member in members {
        writer.key(member.name)
        member.value.write(into: &writer)
      }
      writer.endObject()
    }
  }
}

extension RPCError.Details: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, RPCError.Value)...) {
    for (name, value) in elements {
      append(name, value)
    }
  }
}

extension RPCError.Value: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  public init(stringLiteral value: String) { self = .string(value) }
}

extension RPCError.Value: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) { self = .int(value) }
}

extension RPCError.Value: ExpressibleByBooleanLiteral {
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension RPCError.Value: ExpressibleByNilLiteral {
  public init(nilLiteral: ()) { self = .null }
}

extension RPCError.Value: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: String...) { self = .strings(elements) }
}
