/// Who makes a call, as far as rules and audit need to know.
package struct Caller: Sendable, Equatable {
  package let role: Role
  /// The staff user; `nil` for a role that the kernel's word alone gives.
  package let userID: ID<User>?
  /// For the audit: a user name, or `uid:1000`.
  package let name: String
  /// Where the call comes from: `unix`, or an address.
  package let source: String

  package init(role: Role, userID: ID<User>?, name: String, source: String) {
    self.role = role
    self.userID = userID
    self.name = name
    self.source = source
  }

  package init(_ user: User, from source: String) {
    self.init(role: user.role, userID: user.id, name: user.username, source: source)
  }

  /// The owner of what a call makes: keys, visitors, registrations.
  package var scope: String { userID.map { "user:\($0)" } ?? name }

  /// The caller's own id, if the caller is a doctor.
  var doctor: ID<User>? { role == .doctor ? userID : nil }

  /// The staff user, for what only a person may do.
  package func requireUser() throws(ClinicError) -> ID<User> {
    guard let userID else { throw ClinicError(.noStaffIdentity) }
    return userID
  }
}
