import Clinic
import Host
import Mongo
import Postgres
import Redis

/// What `clinicd check` looks at beyond the configuration: whether each store answers and lets the
/// daemon do what it will have to.
extension Daemon {
  /// - Returns: a line for each store.
  /// - Throws: ``Failure`` with everything that is wrong.
  func check() async throws -> [String] {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await postgres.run() }
      group.addTask { try await redis.run() }
      group.addTask { try await mongo.run() }
      defer { group.cancelAll() }
      var lines: [String] = []
      var problems: [String] = []
      for look in [checkPostgres, checkRedis, checkMongo] {
        do { lines.append(try await look()) } catch { problems.append("\(error)") }
      }
      problems += [stateProblem, clientsProblem].compactMap(\.self)
      if !problems.isEmpty { throw Failure(description: problems.joined(separator: "\n")) }
      return lines
    }
  }

  private func checkPostgres() async throws -> String {
    let zone = configuration.settings.timeZone
    do {
      let rights = try await postgres.query(
        """
        SELECT current_setting('transaction_read_only')::boolean, \
        has_schema_privilege('public', 'CREATE'), NOT EXISTS (SELECT FROM pg_class \
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') \
        AND NOT has_table_privilege(oid, 'INSERT')), \
        EXISTS (SELECT FROM pg_timezone_names WHERE lower(name) = lower(\(zone)))
        """)
      guard let row = rights.first else { throw PostgresError.decoding }
      var cells = row.cells
      var problems: [String] = []
      if try cells.next() as Bool { problems.append("postgresql: it only reads") }
      let mayCreate: Bool = try cells.next()
      if try !cells.next() as Bool {
        problems.append("postgresql: the user may not write to each table of the schema public")
      }
      if try !cells.next() as Bool { problems.append("CLINIC_TIME_ZONE: \(zone) is no IANA name") }
      guard problems.isEmpty else {
        throw Failure(description: problems.joined(separator: "\n"))
      }
      let isCurrent = try await Migrator(postgres).check()
      if !isCurrent, !mayCreate {
        throw Failure(
          description: "postgresql: the user may not create tables in the schema public")
      }
      if isCurrent, try await !AuditChain(key: configuration.settings.auditKey).fits(postgres) {
        throw Failure(
          description: "CLINIC_AUDIT_KEY: the audit was sealed under another key: put that one back"
        )
      }
      return "postgresql: ok\(isCurrent ? "" : ", migrations are missing")"
    } catch let error as PostgresError {
      throw Failure(of: postgres, error, zone: zone)
    } catch let failure as Migrator.Failure {
      throw Failure(description: "postgresql: \(failure)")
    }
  }

  /// Checks Redis; waits two seconds for it.
  private func checkRedis() async throws -> String {
    for _ in 0..<20 where !redis.isUp { try await Task.sleep(for: .milliseconds(100)) }
    // Of the queue's keys, on which the user has rights.
    let key: RedisArgument = "queue:check"
    do {
      _ = try await redis.command(["SET", key, "1", "EX", "10"])
      _ = try await redis.command(["DEL", key])
      _ = try await redis.command(["EVAL", "return 1", "0"])
      _ = try await redis.command(["PUBLISH", "queue:events:check", ""])
    } catch {
      guard error.kind == .unavailable, let reason = redis.lastFailure else { throw error }
      throw Failure(description: "redis: \(reason)")
    }
    guard await hearsRedis() else {
      throw Failure(description: "redis: the user may not subscribe to queue:events:*")
    }
    return "redis: ok"
  }

  /// Whether Redis lets this instance hear of changes of the queue; waits two seconds for it.
  private func hearsRedis() async -> Bool {
    await withTaskGroup { group in
      group.addTask {
        for await event in redis.subscriptions(patterns: ["queue:events:*"]) {
          if case .subscribed = event { return true }
        }
        return false
      }
      group.addTask {
        try? await Task.sleep(for: .seconds(2))
        return false
      }
      defer { group.cancelAll() }
      return await group.next() ?? false
    }
  }

  private func checkMongo() async throws -> String {
    do {
      try await mongo.ping()
    } catch {
      guard error.kind == .unavailable, let reason = mongo.lastFailure else { throw error }
      throw Failure(description: "mongodb: \(reason)")
    }
    do {
      // Asks for the right to write, and finds nothing.
      try await mongo.deleteMany("visit_history", filter: ["_id": "clinicd check"])
    } catch {
      guard error.kind == .server(code: 13) else { throw error }
      throw Failure(description: "mongodb: the user may not write to \(mongo.database)")
    }
    return "mongodb: ok"
  }

  /// What is wrong with the state directory, if anything. systemd makes the standard one when the
  /// daemon starts.
  private var stateProblem: String? {
    let folder = configuration.stateDirectory
    if SmallFile.isWritable(folder) { return nil }
    if !SmallFile.exists(folder), folder == "/var/lib/clinicd" { return nil }
    let fault = SmallFile.isFolder(folder) ? "cannot be written to" : "is no folder"
    return "CLINIC_STATE_DIRECTORY: \(folder) \(fault)"
  }

  private var clientsProblem: String? {
    let folder = configuration.clientsDirectory
    if folder.isEmpty || SmallFile.isFolder(folder) { return nil }
    return "CLINIC_CLIENTS_DIRECTORY: \(folder) is no folder"
  }
}
