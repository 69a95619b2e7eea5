package import JSONRPC
package import Postgres

/// A kiosk or a board away from the daemon's machine. It is paired once: it shows a code, somebody
/// of the staff approves that, and the device claims tokens of its role.
package struct Device: Codable, Sendable, Equatable {
  /// What a device can be.
  package enum Kind: String, Codable, CaseIterable, Sendable, PostgresEncodable, PostgresDecodable,
    JSONSchemaRepresentable
  {
    case kiosk = "KIOSK"
    case display = "DISPLAY"

    var role: Role { self == .kiosk ? .kiosk : .display }
  }

  /// How far its pairing is.
  package enum Status: String, Codable, CaseIterable, Sendable, PostgresEncodable,
    PostgresDecodable, JSONSchemaRepresentable
  {
    case pending = "PENDING"
    case approved = "APPROVED"
    case claimed = "CLAIMED"
    case revoked = "REVOKED"
  }

  package let id: ID<Device>
  package let name: String?
  package let role: Kind
  package let status: Status
  package let userID: ID<User>?
  package let approvedBy: String?
  package let approvedAt: Instant?
  package let claimedAt: Instant?
  package let revokedAt: Instant?
  package let createdAt: Instant
}

extension Device: RowDecodable {
  static let columns: SQL = """
    id, name, role, status, user_id, approved_by, approved_at, claimed_at, revoked_at, created_at
    """

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    name = try cells.next()
    role = try cells.next()
    status = try cells.next()
    userID = try cells.next()
    approvedBy = try cells.next()
    approvedAt = try cells.next()
    claimedAt = try cells.next()
    revokedAt = try cells.next()
    createdAt = try cells.next()
  }
}

/// What a device shows on its screen: six letters and digits that are not taken for each other.
/// Case, spaces and dashes do not matter.
package struct PairingCode: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 6...6 }
  package static var sample: String { "K7P-4WX" }
  package static var jsonSchema: JSONSchema {
    .string(pattern: #"^[\s-]*([2-9A-HJKMNP-Za-hjkmnp-z][\s-]*){6}$"#).example("\"\(sample)\"")
  }

  private static let alphabet = Array("23456789ABCDEFGHJKMNPQRSTUVWXYZ")

  package static func make() -> PairingCode {
    PairingCode(rawValue: String((0..<6).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] }))
  }

  package static func checked(_ text: String) throws -> String {
    let code = text.uppercased().filter { !$0.isWhitespace && $0 != "-" }
    guard code.allSatisfy(alphabet.contains) else {
      throw InvalidValue(reason: .malformed, message: "a code as a device shows it")
    }
    return code
  }

  /// As it is shown: `K7P-4WX`.
  package var shown: String { "\(rawValue.prefix(3))-\(rawValue.dropFirst(3))" }
}
