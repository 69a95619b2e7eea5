package import JSONRPC

/// Tells callers who they are to the daemon.
package struct WhoAmI: Query {
  package struct Result: Codable, Sendable {
    package let role: Role
    package let id: ID<User>?
    package let username: String
    package let fullName: String?
    package let room: String?

    init(_ caller: Caller, in staff: StaffDirectory) {
      let member = caller.userID.flatMap { staff.member($0) }
      role = caller.role
      id = caller.userID
      username = caller.name
      fullName = member?.fullName
      room = member?.room
    }
  }
  package static let name = "auth.whoami"
  package static let summary = "Tells who this connection is taken for."
  package static let roles = Roles.loggedIn
  package static let profile = CallProfile.barrier

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    guard let caller else { throw ClinicError(.notAuthenticated) }
    return Result(caller, in: clinic.staff)
  }
}
