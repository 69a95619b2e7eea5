import JSONRPC
package import Postgres

/// Somebody who logs in.
package struct User: Codable, Sendable, Equatable {
  package let id: ID<User>
  package let username: String
  package let email: String?
  package let fullName: String
  package let role: Role
  package let speciality: String?
  package let room: String?
  package let enabled: Bool
  package let version: RowVersion
  package let createdAt: Instant
}

extension User: RowDecodable {
  package static let columns: SQL =
    "id, username, email, full_name, role, speciality, room, enabled, version, created_at"

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    username = try cells.next()
    email = try cells.next()
    fullName = try cells.next()
    role = try cells.next()
    speciality = try cells.next()
    room = try cells.next()
    enabled = try cells.next()
    version = try cells.next()
    createdAt = try cells.next()
  }
}

/// A name for a new user to log in with: lower case, as the schema keeps it.
package struct Username: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 2...64 }
  package static var pattern: String? { "^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$" }
  /// What the audit and the history of appointments call what nobody did.
  private static let ofDaemon: Set = ["clinicd", "daemon", "queue"]

  package static func checked(_ text: String) throws -> String {
    let typed = text.trimmed
    let text = typed.lowercased()
    // The sign for kelvin is a small k otherwise.
    guard typed.utf8.count == text.utf8.count else {
      throw InvalidValue(
        reason: .malformed, message: "letters a to z, digits, and . _ - between them")
    }
    let allowed = text.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || $0.isDigit || "._-".utf8.contains($0)
    }
    guard allowed, let first = text.utf8.first, !"._-".utf8.contains(first) else {
      throw InvalidValue(
        reason: .malformed, message: "letters a to z, digits, and . _ - between them")
    }
    guard !ofDaemon.contains(text) else {
      throw InvalidValue(reason: .malformed, message: "another name: this is the daemon's own")
    }
    return text
  }
}

/// What somebody typed as a user name: any text, so that an invalid name is answered like an
/// unknown one.
package struct TypedUsername: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...200 }
  package static func checked(_ text: String) throws -> String { text.trimmed.lowercased() }
}

/// A password as typed, to be compared.
package struct TypedPassword: SecretText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...1000 }
}

/// A new password: 12 characters or more and at most 72 bytes, which is where bcrypt would cut
/// (rule 51).
package struct NewPassword: SecretText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 12...72 }
  package static var sample: String { "correct horse battery" }

  package static func checked(_ text: String) throws -> String {
    guard text.utf8.count <= 72 else {
      throw InvalidValue(reason: .tooLong, message: "at most 72 bytes")
    }
    return text
  }
}
