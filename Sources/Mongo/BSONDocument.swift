/// A MongoDB document: names and values, in order.
///
///     let document: BSONDocument = ["_id": "audit-17", "user": ["id": 4], "at": .date(now)]
///     document["user"]?["id"]   // .int64(4)
public struct BSONDocument: Sendable {
  public typealias Element = (key: String, value: BSON)

  private var elements: [Element]

  public init() { elements = [] }

  public init(_ elements: [(String, BSON)]) {
    self.elements = elements.map { (key: $0.0, value: $0.1) }
  }

  /// The first value of that name. Setting it replaces the value where it stands or adds it at the
  /// end; setting `nil` removes it.
  public subscript(key: String) -> BSON? {
    get { elements.first { $0.key == key }?.value }
    set {
      let index = elements.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): elements[index].value = value
      case (let index?, nil): elements.remove(at: index)
      case (nil, let value?): elements.append((key: key, value: value))
      case (nil, nil): break
      }
    }
  }

  /// Adds a member at the end without looking for one of the same name.
  public mutating func append(_ key: String, _ value: BSON) {
    elements.append((key: key, value: value))
  }

  public mutating func reserveCapacity(_ count: Int) { elements.reserveCapacity(count) }

  public var keys: [String] { elements.map(\.key) }
}

extension BSONDocument: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { elements.count }
  public subscript(position: Int) -> Element { elements[position] }
}

extension BSONDocument: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, BSON)...) { self.init(elements) }
}

/// Equal documents have the same members in the same order.
extension BSONDocument: Hashable {
  public static func == (left: Self, right: Self) -> Bool {
    left.count == right.count
      && zip(left, right).allSatisfy { $0.key == $1.key && $0.value == $1.value }
  }

  public func hash(into hasher: inout Hasher) {
    for (key, value) in self {
      hasher.combine(key)
      hasher.combine(value)
    }
  }
}
