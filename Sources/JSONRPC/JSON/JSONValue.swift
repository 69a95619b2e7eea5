/// A value of a ``JSONDocument``: a reference to the document and a place in it.
public struct JSONValue: Sendable {
  public enum Kind: Sendable {
    case null, bool, number, string, array, object
  }

  let storage: JSONStorage
  let index: Int

  var node: JSONNode { storage.tape[index] }

  public var document: JSONDocument { JSONDocument(storage: storage) }

  public var kind: Kind {
    switch node.kind {
    case .null: .null
    case .true, .false: .bool
    case .integer, .decimal: .number
    case .string, .escapedString: .string
    case .array: .array
    case .object: .object
    }
  }

  public var isNull: Bool { node.kind == .null }

  /// Nil when it is not `true` or `false`.
  public var bool: Bool? {
    switch node.kind {
    case .true: true
    case .false: false
    default: nil
    }
  }

  /// The text of a string, unescaped; nil when it is not a string.
  public var string: String? {
    switch node.kind {
    case .string, .escapedString: storage.string(at: index)
    default: nil
    }
  }

  /// A number that is integral (`1`, `1.0`, `1e2`) and fits; nil otherwise.
  public var int: Int? {
    guard case .integer(let isNegative, let magnitude)? = integer else { return nil }
    return Int(isNegative: isNegative, magnitude: magnitude)
  }

  /// A number as it is written; nil when it is not a number.
  public var numberText: String? {
    kind == .number ? String(decoding: storage.bytes[node.range], as: UTF8.self) : nil
  }

  var integer: JSONInteger? {
    let node = node
    guard node.kind == .integer || node.kind == .decimal else { return nil }
    let bytes = storage.bytes
    return JSONInteger(bytes.span, node.range)
  }

  /// Where the value stands in ``JSONDocument/bytes``.
  public var rawRange: Range<Int> { node.range }

  /// The value as it is written.
  public var rawBytes: [UInt8] {
    let bytes = storage.bytes
    return Array(copying: bytes.span.extracting(node.range))
  }

  /// How many elements or members it has; 0 for a scalar.
  public var count: Int { node.isContainer ? storage.tape[index + 1].count : 0 }

  /// The first member of that name; nil when there is none or it is not an object.
  public subscript(name: String) -> JSONValue? {
    let utf8 = name.utf8
    let text = utf8.span
    var cursor = JSONCursor(self, .object)
    while let member = cursor.nextMember() {
      if storage.string(at: member.name, equals: text) { return member.value }
    }
    return nil
  }

  /// The element at that position; nil when there is none or it is not an array. Walks the elements
  /// before it.
  public subscript(position: Int) -> JSONValue? {
    guard position >= 0 else { return nil }
    return elements.dropFirst(position).first(where: { _ in true })
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value as it is written.
  public var description: String { String(decoding: storage.bytes[node.range], as: UTF8.self) }
}
