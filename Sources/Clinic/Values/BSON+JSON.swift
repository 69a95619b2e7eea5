import JSONRPC
import Mongo

/// Turns JSON that PostgreSQL made into what MongoDB keeps, and back.
extension BSON {
  /// - Parameter instants: members of these names hold instants as text, which become dates.
  init(_ json: JSONValue, instants: Set<String> = []) {
    switch json.kind {
    case .object: self = .document(BSONDocument(json, instants: instants))
    case .array: self = .array(json.elements.map { BSON($0, instants: instants) })
    case .string: self = .string(json.string ?? "")
    case .bool: self = .bool(json.bool ?? false)
    case .null: self = .null
    case .number:
      // Decimals stay exact.
      let text = json.numberText ?? "0"
      self = Int64(text).map(BSON.int64) ?? .decimal(text)
    }
  }

  func write(into json: inout JSONWriter) {
    switch self {
    case .document(let document): document.write(into: &json)
    case .array(let elements):
      json.beginArray()
      for element in elements { element.write(into: &json) }
      json.endArray()
    case .string(let text), .objectID(let text): json.string(text)
    case .int32(let number): json.int(number)
    case .int64(let number): json.int(number)
    case .double(let number): json.double(number)
    case .decimal(let text):
      // BSON has some that are no numbers.
      if (try? JSONDocument(parsing: text)) != nil { json.raw(text) } else { json.string(text) }
    case .bool(let flag): json.bool(flag)
    case .date(let milliseconds):
      json.string(Instant(milliseconds: milliseconds).description)
    case .null, .binary, .timestamp, .unsupported: json.null()
    }
  }
}

extension BSONDocument {
  init(_ json: JSONValue, instants: Set<String> = []) {
    self.init()
    for (name, value) in json.members {
      if instants.contains(name), let instant = value.string.flatMap(Instant.init) {
        append(name, .date(instant.milliseconds))
      } else {
        append(name, BSON(value, instants: instants))
      }
    }
  }

  func write(into json: inout JSONWriter) {
    json.beginObject()
    for (key, value) in self {
      json.key(key)
      value.write(into: &json)
    }
    json.endObject()
  }

  /// Decoded as `Value`, ignoring unknown members.
  func decode<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
    var json = JSONWriter()
    write(into: &json)
    let document = try JSONDocument(
      parsing: json.finish(), limits: .stored)
    return try JSONValueDecoder(unknownMembers: .ignore).decode(type, from: document.root)
  }
}
