package import JSONRPC
import Postgres

/// Begins a pairing: a code to show on the screen, and a secret to claim tokens with when the code
/// was approved.
package struct RequestPairing: SessionMethod {
  package struct Result: Codable, Sendable {
    package let code: String
    package let secret: String
    /// Seconds in which the code can be approved.
    package let expiresIn: Int
  }
  package static let name = "devices.request_pairing"
  package static let summary = "Gives a new kiosk or board a code to show and a secret to keep."
  package static let roles = Roles.withoutLogin
  package static let errors: [Reason] = [.tooManyAttempts]

  package let role: Device.Kind
  package let name: Line?

  /// How many minutes a code waits for its approval.
  static let minutes = 15
  /// Codes of one address in a minute and in the time that they wait, and codes that wait in all.
  private static let perMinute = 10
  private static let perAddress = 60
  private static let waiting = 1000

  package func run(on session: Session, of clinic: Clinic) async throws -> Result {
    try await clinic.throttle.allow([
      (.pairing(source: session.network), Self.perMinute),
      (.waitingCodes(source: session.network), Self.perAddress),
    ])
    let code = PairingCode.make()
    let secret = Secret.make()
    let isMade = try await clinic.postgres.withTransaction { transaction in
      let made = try await transaction.pipeline([
        "DELETE FROM devices WHERE status = 'PENDING' AND expires_at <= now()",
        """
        INSERT INTO devices (name, role, code, secret_hash, expires_at) \
        SELECT \(name), \(role), \(code), \(Secret.hash(secret)), \
        now() + make_interval(mins => \(Int32(Self.minutes))) \
        WHERE (SELECT count(*) FROM devices WHERE status = 'PENDING') < \(Self.waiting) \
        ON CONFLICT (code) WHERE status = 'PENDING' DO NOTHING RETURNING id
        """,
      ])
      guard let id = try made[1].column(as: ID<Device>.self).first else { return false }
      transaction.audit(
        AuditEntry(
          by: nil, from: session.source, method: Self.name, subject: Subject("device", id),
          outcome: "ok"))
      return true
    }
    guard isMade else { throw ClinicError(.busy) }
    return Result(code: code.shown, secret: secret, expiresIn: Self.minutes * 60)
  }
}
