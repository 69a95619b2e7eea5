import ArgumentParser

/// Looks after the users, who log in.
struct UsersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "users",
    abstract: "List, add and change users.",
    subcommands: [
      ListUsers.self, AddUser.self, DisableUser.self, EnableUser.self, ResetUserPassword.self,
      ChangeUserRole.self,
    ])
}

enum UserRole: String, ExpressibleByArgument, Encodable, CaseIterable {
  case admin = "ADMIN"
  case doctor = "DOCTOR"
  case pharmacist = "PHARMACIST"
  case reception = "RECEPTION"
  case kiosk = "KIOSK"
  case display = "DISPLAY"

  /// Reads a role, also in lower case.
  init?(argument: String) { self.init(rawValue: argument.uppercased()) }
}
