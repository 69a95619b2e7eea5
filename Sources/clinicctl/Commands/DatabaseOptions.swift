import ArgumentParser
import Clinic
import ClinicEnvironment
import Postgres
import StoreLoop

/// The database that a command works on without a daemon.
struct DatabaseOptions: ParsableArguments {
  @Flag(name: .long, help: "Write results as JSON.")
  var json = false

  /// - Throws: ``Failure`` when no database is named, or its URL is not one of PostgreSQL.
  func url() throws -> String {
    guard let url = try ConfigurationSource.told()["DATABASE_URL"], !url.isEmpty else {
      throw Failure.usage(
        "DATABASE_URL is neither set nor in \(ConfigurationSource.file) "
          + "nor in \(ConfigurationSource.credentials)")
    }
    if StoreURL.isAmbiguous(url) { throw Failure.usage("DATABASE_URL: \(StoreURL.advice)") }
    guard (try? PostgresClient.environment(of: url)) != nil else {
      throw Failure.usage("DATABASE_URL cannot be read")
    }
    return url
  }

  /// Runs `body` while the database is connected.
  ///
  /// - Throws: ``Failure``.
  func withDatabase<Result: Sendable>(
    _ body: @Sendable @escaping (PostgresClient) async throws -> Result
  ) async throws -> Result {
    var configuration = PostgresClient.Configuration(url: try url())
    configuration.applicationName = "clinicctl"
    // A role's are for other programs: a backup's transaction is idle for long, and a migration
    // works for long and waits for its turn.
    configuration.sessionSettings = [
      ("idle_in_transaction_session_timeout", "0"), ("statement_timeout", "0"),
      ("lock_timeout", "0"),
    ]
    let loop = StoreLoop(name: "stores")
    let postgres = PostgresClient(configuration: configuration, loop: loop)
    defer { loop.shutdown() }
    do {
      return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await postgres.run() }
        defer { group.cancelAll() }
        return try await body(postgres)
      }
    } catch let error as PostgresError where error.kind == .unavailable {
      throw Failure.unreachable(
        "PostgreSQL cannot be used: "
          + (error.message ?? postgres.lastFailure?.message ?? error.description))
    } catch let error as PostgresError where error.sqlState == "42P01" {
      throw Failure.failed("the database has no tables of clinicd: is it the right one?")
    } catch {
      throw Failure(error)
    }
  }
}

extension PostgresClient {
  /// - Throws: ``Failure`` when a daemon is connected to this database.
  func requireNoDaemon() async throws {
    let daemons: Int = try await query(
      """
      SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
      AND application_name = 'clinicd'
      """
    ).single()
    guard daemons == 0 else { throw Failure.failed("clinicd uses this database: stop it first") }
  }
}
