import JSONRPC

/// The clinic's rules and secrets, as the configuration gives them.
package struct Settings: Sendable {
  /// The IANA name of the zone that decides what "today" is.
  package var timeZone = "UTC"
  /// Signs access tokens; 32 bytes or more.
  package var secretKey: [UInt8]
  /// Seals the audit chain; 32 bytes or more.
  package var auditKey: [UInt8]
  package var signatureAlgorithm = JWTAlgorithm.hs256
  package var accessTokenSeconds: Int64 = 30 * 60
  package var refreshTokenDays = 30
  package var queue = QueueRules()
  package var scheduling = SchedulingRules()
  package var pharmacy = PharmacyRules()
  package var billing = BillingRules()
  package var letterhead = Letterhead()
  /// Roles that the kernel's word gives on the Unix socket, by user and by group number.
  package var rolesByUID: [UInt32: Role] = [:]
  package var rolesByGID: [UInt32: Role] = [:]
  /// Roles of clients that have shown a certificate, by its common name.
  package var rolesByCertificate: [String: Role] = [:]
  /// The time limit for calls whose method sets none.
  package var callTime = Duration.seconds(10)
  /// How many failed logins of one user from one address a minute allows.
  package var loginFailuresPerMinute = 5
  package var passwordCost = 12
  /// The program's version.
  package static let version = "0.1.0"

  package init(secretKey: [UInt8], auditKey: [UInt8]) {
    self.secretKey = secretKey
    self.auditKey = auditKey
  }
}

/// The configured rules of appointments.
package struct SchedulingRules: Sendable, Equatable {
  /// How many minutes before the slot's start check-in is possible, and how many after it.
  package var checkInEarlyMinutes = 60
  package var checkInLateMinutes = 60
  /// How many minutes after the slot's start before a no-show can be recorded (rule 13).
  package var noShowGraceMinutes = 15

  package init() {}
}

/// The configured rules of the pharmacy.
package struct PharmacyRules: Sendable, Equatable {
  /// Whether medicines are dispensed before their invoice is paid (rule 32).
  package var dispensesUnpaid = false
  /// How many days a prescription can be dispensed after it was written (rule 32).
  package var prescriptionDays = 90

  package init() {}
}

/// The configured rules of billing.
package struct BillingRules: Sendable, Equatable {
  /// The tax on invoices that name none.
  package var taxPercent = Percent(hundredths: 0)

  package init() {}
}

extension Settings {
  /// The time limit of a call: the longer one of its method's own and the configured one.
  func limit(of methodTime: Duration?) -> Duration { max(methodTime ?? .zero, callTime) }
}
