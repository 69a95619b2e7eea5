import Host
import JSONRPC
import Postgres
import Testing

@testable import Clinic

/// `clinicd demo`.
@Suite struct DemoTests {
  private func demo(
    on url: String, in folder: String
  ) async throws -> (status: Int32, output: String) {
    try await finished(
      "clinicd", ["demo", "--credentials", "\(folder)/credentials.json"],
      environment: [
        "DATABASE_URL": url, "REDIS_URL": "redis://localhost:1",
        "MONGO_URL": "mongodb://localhost:1", "SECRET_KEY": TestClinic.secretKey,
        "CLINIC_AUDIT_KEY": TestClinic.auditKey, "CLINIC_PASSWORD_COST": "4",
      ], in: folder, within: .seconds(120))
  }

  private func withDatabase(
    _ body: @Sendable @escaping (_ url: String, _ folder: String) async throws -> Void
  ) async throws {
    try await withEmptyDatabase { url in
      _ = try await onDatabase(url) { try await Migrator($0).up() }
      let folder = try TemporaryFolder.make()
      let result: Result<Void, any Error>
      do { result = .success(try await body(url, folder)) } catch { result = .failure(error) }
      await TemporaryFolder.remove(folder)
      try result.get()
    }
  }

  @Test("it is loaded again whatever was added since, and its users keep their passwords")
  func again() async throws {
    try await withDatabase { url, folder in
      let first = try await demo(on: url, in: folder)
      try #require(first.status == 0, "\(first.output)")
      let credentials = try SmallFile.read("\(folder)/credentials.json")
      try await onDatabase(url) { postgres in
        _ = try await postgres.query(
          """
          INSERT INTO users (username, password_hash, full_name, role) \
          VALUES ('ada', 'x', 'Ada Okoro', 'ADMIN')
          """)
        _ = try await postgres.query(
          "INSERT INTO patients (name, registered_by) VALUES ('Somebody', 'reception')")
        _ = try await postgres.query(
          "UPDATE users SET full_name = 'M. Rao' WHERE username = 'dr.rao'")
        _ = try await postgres.query("UPDATE slots SET date = date - 1")
      }
      let second = try await demo(on: url, in: folder)
      #expect(second.status == 0, "\(second.output)")
      #expect(try SmallFile.read("\(folder)/credentials.json") == credentials)

      // Without the file the demo's users get other passwords, and nobody else does.
      try SmallFile.remove("\(folder)/credentials.json")
      let third = try await demo(on: url, in: folder)
      #expect(third.status == 1)
      #expect(third.output.contains("the user dr.rao is not the demo's"), "\(third.output)")
    }
  }

  @Test(
    "a clinic that is not the demo's is left alone",
    arguments: [
      """
      INSERT INTO users (username, password_hash, full_name, role)
      VALUES ('admin', 'x', 'Ada Okoro', 'ADMIN')
      """,
      """
      INSERT INTO users (username, password_hash, full_name, role)
      VALUES ('ada', 'x', 'Ada Okoro', 'ADMIN')
      """,
      "INSERT INTO patients (name, registered_by) VALUES ('Somebody', 'ada')",
    ])
  func realClinic(content: String) async throws {
    try await withDatabase { url, folder in
      try await onDatabase(url) { postgres in
        try await postgres.withConnection { try await $0.execute(script: content) }
      }
      let refused = try await demo(on: url, in: folder)
      #expect(refused.status == 1)
      #expect(refused.output.contains("this is no demo clinic"), "\(refused.output)")
      try await onDatabase(url) { postgres in
        let rows: Int = try await postgres.query(
          "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM patients)"
        ).single()
        #expect(rows == 1)
        let hashes = try await postgres.query("SELECT password_hash FROM users")
          .column(as: String.self)
        #expect(hashes.allSatisfy { $0 == "x" })
      }
      #expect(!SmallFile.exists("\(folder)/credentials.json"))
    }
  }
}
