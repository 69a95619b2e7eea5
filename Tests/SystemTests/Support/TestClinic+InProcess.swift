import JSONRPC
import Logging

@testable import Clinic

extension TestClinic {
  /// The clinic's departments in the test's own process, on the same PostgreSQL, to count what they
  /// ask of it.
  func inProcess(hub: any NotificationHub = SilentHub()) throws -> Clinic {
    let secret = Array(Self.secretKey.utf8)
    return Clinic(
      settings: Settings(secretKey: secret, auditKey: secret), loop: stores.loop,
      postgres: postgres, redis: redis, mongo: mongo, hub: hub,
      log: Logger(label: "test"))
  }
}
