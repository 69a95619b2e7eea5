package import JSONRPC

/// A list in a call's params, with limits that are checked when it is decoded.
package protocol BoundedList: RawRepresentable, Codable, Sendable, JSONSchemaRepresentable
where RawValue == [Element] {
  associatedtype Element: Codable & Sendable
  /// How many elements there may be.
  static var counts: ClosedRange<Int> { get }
  /// The list as it is taken.
  ///
  /// - Throws: `InvalidValue` for faults that no single element shows.
  static func checked(_ list: [Element]) throws -> [Element]
  init(rawValue: [Element])
}

extension BoundedList {
  package static func checked(_ list: [Element]) throws -> [Element] { list }

  package static var jsonSchema: JSONSchema {
    let element = try? SchemaRecorder.schema(of: Element.self, as: .params)
    return .array(
      of: element ?? .any, minItems: counts.lowerBound > 0 ? counts.lowerBound : nil,
      maxItems: counts.upperBound)
  }

  package init(from decoder: any Decoder) throws {
    let list = try decoder.singleValueContainer().decode([Element].self)
    guard Self.counts.contains(list.count) else {
      let isShort = list.count < Self.counts.lowerBound
      throw InvalidValue(
        reason: isShort ? .tooShort : .tooLong,
        message: "\(Self.counts.lowerBound) to \(Self.counts.upperBound) items")
    }
    self.init(rawValue: try Self.checked(list))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

/// The lines of a call: 1 to 100 of them.
package struct ItemList<Element: Codable & Sendable>: BoundedList {
  package let rawValue: [Element]
  package init(rawValue: [Element]) { self.rawValue = rawValue }
  package static var counts: ClosedRange<Int> { 1...100 }
}
