/// One object on the wire: the members of a base value, and more beside them.
@dynamicMemberLookup
package struct Extended<Base: Codable & Sendable, More: Codable & Sendable>: Codable, Sendable {
  package let base: Base
  package let more: More

  package init(_ base: Base, _ more: More) {
    self.base = base
    self.more = more
  }

  package init(from decoder: any Decoder) throws {
    base = try Base(from: decoder)
    more = try More(from: decoder)
  }

  package func encode(to encoder: any Encoder) throws {
    try base.encode(to: encoder)
    try more.encode(to: encoder)
  }

  package subscript<Value>(dynamicMember member: KeyPath<Base, Value>) -> Value {
    base[keyPath: member]
  }
  package subscript<Value>(dynamicMember member: KeyPath<More, Value>) -> Value {
    more[keyPath: member]
  }
}
