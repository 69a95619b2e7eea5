/// A walk over the content of an array or an object.
struct JSONCursor {
  let storage: JSONStorage
  var index: Int
  let end: Int

  /// Empty when the value is of another kind.
  init(_ value: JSONValue, _ kind: JSONNode.Kind) {
    storage = value.storage
    let isRight = value.node.kind == kind
    index = isRight ? value.index + 2 : 0
    end = isRight ? value.storage.tape[value.index + 1].next : 0
  }

  mutating func nextElement() -> JSONValue? {
    guard index < end else { return nil }
    let value = JSONValue(storage: storage, index: index)
    index = storage.index(after: index)
    return value
  }

  /// The tape index of the next member's name, and its value.
  mutating func nextMember() -> (name: Int, value: JSONValue)? {
    guard index < end else { return nil }
    let name = index
    let value = JSONValue(storage: storage, index: index + 1)
    index = storage.index(after: index + 1)
    return (name, value)
  }
}

extension JSONValue {
  /// The elements of an array, in order; empty for anything else.
  public struct Elements: Sequence, IteratorProtocol, Sendable {
    private var cursor: JSONCursor

    init(_ value: JSONValue) {
      cursor = JSONCursor(value, .array)
    }

    public mutating func next() -> JSONValue? { cursor.nextElement() }
  }

  /// The members of an object, in order, duplicates included; empty for anything else.
  public struct Members: Sequence, IteratorProtocol, Sendable {
    private var cursor: JSONCursor

    init(_ value: JSONValue) {
      cursor = JSONCursor(value, .object)
    }

    public mutating func next() -> (name: String, value: JSONValue)? {
      guard let member = cursor.nextMember() else { return nil }
      return (cursor.storage.string(at: member.name), member.value)
    }
  }

  public var elements: Elements { Elements(self) }
  public var members: Members { Members(self) }
}
