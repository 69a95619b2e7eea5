import JSONRPC
import Postgres

/// What a caller is to the clinic.
package enum Role: String, Codable, CaseIterable, Sendable, PostgresEncodable, PostgresDecodable,
  JSONSchemaRepresentable
{
  case admin = "ADMIN"
  case doctor = "DOCTOR"
  case pharmacist = "PHARMACIST"
  case reception = "RECEPTION"
  case kiosk = "KIOSK"
  case display = "DISPLAY"

  /// Whether people of this role may see who a token belongs to.
  package var isStaff: Bool {
    switch self {
    case .admin, .doctor, .pharmacist, .reception: true
    case .kiosk, .display: false
    }
  }
}

/// Who may call a method. Whatever is not listed is refused; an administrator may do everything.
package struct Roles: Sendable, Equatable {
  private let allowed: Set<Role>
  /// Whether nobody needs to be logged in.
  package let includesStrangers: Bool

  package static func only(_ roles: Role...) -> Roles {
    Roles(allowed: Set(roles).union([.admin]), includesStrangers: false)
  }

  /// Any caller who is logged in, or whom the kernel or a certificate has given a role.
  package static let loggedIn = Roles(allowed: Set(Role.allCases), includesStrangers: false)
  /// The same, except a display.
  package static let loggedInExceptDisplays = Roles(
    allowed: Set(Role.allCases).subtracting([.display]), includesStrangers: false)
  /// Anybody, strangers among them.
  package static let withoutLogin = Roles(allowed: Set(Role.allCases), includesStrangers: true)

  package func allow(_ role: Role?) -> Bool {
    guard let role else { return includesStrangers }
    return allowed.contains(role)
  }

  /// For documents, in a fixed order.
  package var names: [String] {
    Role.allCases.filter(allowed.contains).map(\.rawValue)
      + (includesStrangers ? ["UNAUTHENTICATED"] : [])
  }
}
