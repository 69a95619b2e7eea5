import JSONRPC
import Testing

/// Params of a call, as a literal: `["patient_id": 1, "priority": "URGENT", "name":
/// .string(name)]`.
indirect enum JSON: Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case string(String)
  case array([JSON])
  case object([(name: String, value: JSON)])
  /// JSON text, taken as it is.
  case raw(String)

  var bytes: [UInt8] {
    var writer = JSONWriter()
    write(into: &writer)
    return writer.finish()
  }

  private func write(into writer: inout JSONWriter) {
    switch self {
    case .null: writer.null()
    case .bool(let value): writer.bool(value)
    case .int(let value): writer.int(value)
    case .string(let value): writer.string(value)
    case .array(let values):
      writer.beginArray()
      for value in values { value.write(into: &writer) }
      writer.endArray()
    case .object(let members):
      writer.beginObject()
      for (name, value) in members {
        writer.key(name)
        value.write(into: &writer)
      }
      writer.endObject()
    case .raw(let text): writer.raw(text)
    }
  }

  /// The text, if it is one.
  var text: String? { if case .string(let text) = self { text } else { nil } }

  /// The same object with one member more.
  func with(_ name: String, _ value: JSON) -> JSON {
    guard case .object(let members) = self else { return self }
    return .object(members + [(name, value)])
  }
}

extension JSON: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  init(stringLiteral value: String) { self = .string(value) }
  init(integerLiteral value: Int) { self = .int(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(nilLiteral: ()) { self = .null }
  init(arrayLiteral elements: JSON...) { self = .array(elements) }
  init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { (name: $0.0, value: $0.1) })
  }
}

// Members that a test relies on: their absence fails it.
extension JSONValue {
  func integer(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Int {
    try #require(
      self[name]?.int, "\(name) in \(summary)", sourceLocation: sourceLocation)
  }

  func text(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
    try #require(
      self[name]?.string, "\(name) in \(summary)", sourceLocation: sourceLocation)
  }

  func member(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONValue
  {
    try #require(self[name], "\(name) in \(summary)", sourceLocation: sourceLocation)
  }

  func list(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [JSONValue]
  {
    Array(try member(name, sourceLocation: sourceLocation).elements)
  }

  private var summary: String { String(String(decoding: rawBytes, as: UTF8.self).prefix(500)) }

  /// Every member of every object in it, at whatever depth, with the path of names that leads
  /// there.
  var leaves: [(path: String, value: JSONValue)] {
    switch kind {
    case .object:
      members.flatMap { name, value in
        value.leaves.map { ($0.path.isEmpty ? name : name + "." + $0.path, $0.value) }
      }
    case .array: elements.flatMap(\.leaves)
    default: [("", self)]
    }
  }
}

extension JSONValue? {
  /// What a result holds, as a param of the next call.
  var json: JSON {
    guard let self else { return .null }
    return .raw(String(decoding: self.rawBytes, as: UTF8.self))
  }
}
