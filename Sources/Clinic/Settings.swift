/// What the clinic's rules and secrets are, as the configuration gives them.
package struct Settings: Sendable {
  /// The IANA name of the zone that decides what "today" is.
  package var timeZone = "UTC"
  /// Signs access tokens; 32 bytes or more.
  package var secretKey: [UInt8]
  /// Seals the audit chain; 32 bytes or more.
  package var auditKey: [UInt8]
  package var signatureAlgorithm = JWTAlgorithm.hs256
  package var accessTokenMinutes = 30
  package var refreshTokenDays = 30
  package var queue = QueueRules()
  /// Roles that the kernel's word gives on the Unix socket, by user and by group number.
  package var rolesByUID: [UInt32: Role] = [:]
  package var rolesByGID: [UInt32: Role] = [:]
  /// Failed logins of one user from one address that a minute allows.
  package var loginFailuresPerMinute = 5
  package var passwordCost = 12
  package var version = "0.1.0"

  package init(secretKey: [UInt8], auditKey: [UInt8]) {
    self.secretKey = secretKey
    self.auditKey = auditKey
  }
}
