package import JSONRPC
package import Postgres

/// Whom to call.
package struct EmergencyContact: Codable, Sendable, Equatable {
  package let name: PersonName
  package let phone: PhoneNumber?
  package let relation: Line?
}

extension EmergencyContact: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("name", name)
    json.member("phone", phone?.rawValue)
    json.member("relation", relation?.rawValue)
  }
}

extension EmergencyContact: PostgresEncodable {
  package static var postgresType: PostgresType { .jsonb }

  package func encode(into buffer: inout ParameterBuffer) {
    JSONB(jsonBytes).encode(into: &buffer)
  }

  /// What is stored was checked when it came in.
  init?(stored: JSONB) {
    guard let contact = try? JSONDocument(parsing: stored.bytes, limits: .stored).root,
      let name = contact["name"]?.string
    else { return nil }
    self.name = PersonName(rawValue: name)
    phone = contact["phone"]?.string.map(PhoneNumber.init(rawValue:))
    relation = contact["relation"]?.string.map(Line.init(rawValue:))
  }
}
