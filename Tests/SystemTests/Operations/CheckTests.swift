import Host
import Redis
import TestSupport
import Testing

@testable import Clinic

/// Stores that answer and refuse: `clinicd check`, and what the journal says.
@Suite struct CheckTests {
  @Test("check: what each store would refuse is told, all of it at once")
  func refusals() async throws {
    try await TestClinic.run(1) { clinic in
      let stores = clinic.stores
      _ = try await clinic.redis.command([
        "ACL", "SETUSER", "reader", "on", ">of-this-test", "~*", "+@read", "+@connection",
      ])
      let right = [
        "DATABASE_URL": stores.postgresURL, "REDIS_URL": stores.redisURL,
        "MONGO_URL": stores.mongoURL, "SECRET_KEY": TestClinic.secretKey,
        "CLINIC_AUDIT_KEY": TestClinic.auditKey, "CLINIC_STATE_DIRECTORY": clinic.folder,
      ]
      let well = try await finished("clinicd", ["check"], environment: right, in: clinic.folder)
      #expect(
        well == (0, "configuration: ok\npostgresql: ok\nredis: ok\nmongodb: ok\n"))
      let mark = stores.postgresURL.contains("?") ? "&" : "?"
      let wrong = [
        "DATABASE_URL":
          "\(stores.postgresURL)\(mark)options=-c%20default_transaction_read_only%3Don",
        "REDIS_URL": "unix://reader:of-this-test@\(clinic.folder)/redis.sock",
        "MONGO_URL": try Self.withoutLogin(stores.mongoURL),
        "CLINIC_STATE_DIRECTORY": "\(clinic.folder)/missing",
        "CLINIC_CLIENTS_DIRECTORY": "\(clinic.folder)/pages",
      ]
      let refused = try await finished(
        "clinicd", ["check"], environment: right.merging(wrong) { $1 }, in: clinic.folder)
      #expect(refused.status == 1)
      _ = try await clinic.redis.command([
        "ACL", "SETUSER", "deaf", "on", ">of-this-test", "~*", "&*", "+@all", "-psubscribe",
      ])
      let deaf = ["REDIS_URL": "unix://deaf:of-this-test@\(clinic.folder)/redis.sock"]
      let unheard = try await finished(
        "clinicd", ["check"], environment: right.merging(deaf) { $1 }, in: clinic.folder)
      #expect(unheard.output.contains("redis: the user may not subscribe to queue:events:*"))
      for complaint in [
        "postgresql: it only reads", "redis: server error NOPERM",
        "mongodb: the user may not write",
        "CLINIC_STATE_DIRECTORY: \(clinic.folder)/missing is no folder",
        "CLINIC_CLIENTS_DIRECTORY: \(clinic.folder)/pages is no folder",
      ] {
        #expect(refused.output.contains(complaint), "\(refused.output)")
      }
    }
  }

  @Test("a login that a store refuses stands in the journal")
  func refusedLogin() async throws {
    let url = try testSetting("CLINIC_TEST_MONGO_URL")
    let at = try #require(url.firstIndex(of: "@"))
    let wrong = "\(url[..<at])wrong\(url[at...])"
    try await TestClinic.run(1, ["MONGO_URL": wrong], mayLogErrors: true) { clinic in
      try await eventually("it is told") {
        clinic.daemons[0].process.output.split(separator: "\n").contains {
          $0.contains("a store cannot be used error=mongodb: not authenticated store=mongodb")
        }
      }
    }
  }

  private static func withoutLogin(_ url: String) throws -> String {
    let scheme = try #require(url.firstRange(of: "://"))
    let at = try #require(url.firstIndex(of: "@"))
    return String(url[..<scheme.upperBound] + url[url.index(after: at)...])
  }
}
