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
}

extension EncodedDocument {
  /// Writes the document as JSON.
  ///
  /// - Parameter omitted: the names of members that are left out.
  func write(into json: inout JSONWriter, without omitted: [String] = []) throws(MongoError) {
    json.beginObject()
    try eachMember { (name, value) throws(MongoError) in
      if omitted.contains(where: { name.isEqual(to: $0) }) { return }
      json.key(name)
      try value.write(into: &json)
    }
    json.endObject()
  }

  /// Decoded as `Value`, ignoring unknown members.
  func decode<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
    var json = JSONWriter(capacity: 2048)
    try write(into: &json)
    let document = try JSONDocument(parsing: json.finish(), limits: .stored)
    return try JSONValueDecoder(unknownMembers: .ignore).decode(type, from: document.root)
  }
}

extension EncodedDocument.Value {
  fileprivate func write(into json: inout JSONWriter) throws(MongoError) {
    switch self {
    case .document(let document): try document.write(into: &json)
    case .array(let elements):
      json.beginArray()
      try elements.eachMember { (_, element) throws(MongoError) in try element.write(into: &json) }
      json.endArray()
    case .string(let text): text.withBytes { json.string($0) }
    case .scalar(let value): value.write(into: &json)
    }
  }
}

extension BSON {
  /// Writes a value that is no document and no array.
  fileprivate func write(into json: inout JSONWriter) {
    switch self {
    case .string(let text), .objectID(let text): json.string(text)
    case .int32(let number): json.int(number)
    case .int64(let number): json.int(number)
    case .double(let number): json.double(number)
    case .decimal(let text):
      // BSON has some that are no numbers.
      if (try? JSONDocument(parsing: text)) != nil { json.raw(text) } else { json.string(text) }
    case .bool(let flag): json.bool(flag)
    case .date(let milliseconds): json.string(Instant(milliseconds: milliseconds).description)
    case .null, .binary, .timestamp, .unsupported, .document, .array: json.null()
    }
  }
}

extension Span<UInt8> {
  fileprivate func isEqual(to text: String) -> Bool {
    let other = text.utf8
    let bytes = other.span
    return count == bytes.count && indices.allSatisfy { self[$0] == bytes[$0] }
  }
}
