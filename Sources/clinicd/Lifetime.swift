import Clinic
import Host
import JSONRPC
import Logging
import NIOCore
import Postgres
import RPCServer
import ServiceLifecycle
import Systemd
import UnixSignals

/// Start and stop, in order: stores and clinic, listeners, `READY=1`; at a signal the listeners
/// drain first, while the clinic still works.
struct Lifetime: Sendable {
  let clinic: Clinic
  let server: RPCServer
  let notifier: SystemdNotifier
  let log: Logger
  let configuration: Configuration
  let reloader: Reloader

  func run() async throws {
    let ends = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    let reloads = await UnixSignalsSequence(trapping: .sighup)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { for await _ in ends { return } }
      group.addTask { try await clinic.runStores() }
      group.addTask { try await work(reloads) }
      defer { group.cancelAll() }
      // A signal, or whatever else ends first.
      try await group.next()
      log.info("stopping")
      notifier.stopping()
      notifier.extendTimeout(by: configuration.limits.drainTime + .seconds(15))
      endForCertain(after: configuration.limits.drainTime + .seconds(10))
      await server.drain(within: configuration.limits.drainTime)
      endForCertain(after: .seconds(5))
      await clinic.refusals.flush()
    }
    log.info("stopped")
  }

  /// The work between the start of the stores and the end.
  private func work(_ reloads: UnixSignalsSequence) async throws {
    try await migrate()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await clinic.runDepartments() }
      defer { group.cancelAll() }
      try await start()
      group.addTask { try await report() }
      group.addTask { try await keepSmall() }
      group.addTask {
        await server.run()
        // After the drain the departments still have to write the last refusals: `run` ends them.
        try await Task.sleep(for: .seconds(3600))
      }
      group.addTask {
        for await _ in reloads {
          notifier.reloading()
          reloader.reload()
          notifier.ready(status: statusLine(nil))
        }
      }
      try await group.next()
    }
  }

  /// Abandons what has not ended in time, because a store hangs.
  private func endForCertain(after time: Duration) {
    Task {
      try await Task.sleep(for: time)
      log.warning("stopped without waiting for the stores")
      endProcess(status: 0)
    }
  }

  /// The schema is what this program needs, or is made so when that is configured.
  private func migrate() async throws {
    let migrator = Migrator(clinic.postgres)
    do {
      if configuration.migratesAtStart {
        let applied = try await takingTime {
          try await migrator.up {
            log.notice("somebody else migrates the database; waiting for the end of that")
          }
        }
        for migration in applied {
          log.info("applied migration \(migration.number) \(migration.name)")
        }
      }
      guard try await migrator.check() else {
        throw Daemon.Failure(
          description: "the database's schema is not up to date: run clinicctl migrate up")
      }
    } catch let failure as Migrator.Failure {
      throw Daemon.Failure(description: failure.description)
    } catch let failure as Daemon.Failure {
      throw failure
    } catch let error as PostgresError {
      throw Daemon.Failure(of: clinic.postgres, error, zone: configuration.settings.timeZone)
    }
  }

  /// Does work of the start that may take any time, and asks systemd for more of it meanwhile.
  private func takingTime<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        while true {
          notifier.extendTimeout(by: .seconds(60))
          try await Task.sleep(for: .seconds(20))
        }
      }
      defer { group.cancelAll() }
      return try await work()
    }
  }

  private func start() async throws {
    try await clinic.whenReady()
    try await listen()
    notifier.ready(status: statusLine(nil))
    var listeners: Logger.Metadata = ["listeners": "\(server.addresses(speaking: .rpc))"]
    let scheme = configuration.tls == nil ? "http" : "https"
    if let web = server.addresses(speaking: .web).first { listeners["web"] = "\(scheme)://\(web)" }
    log.info("ready", metadata: listeners)
  }

  /// systemd's sockets when it passes them, our own otherwise.
  private func listen() async throws {
    let adopted = SystemdSockets.adopt()
    for socket in adopted {
      let address = try await server.adopt(
        descriptor: socket.descriptor, speaking: socket.name == "web" ? .web : .rpc)
      try configuration.requireEncryption(of: address)
    }
    guard adopted.isEmpty else { return tellUnused() }
    var place = configuration.socketPath
    do {
      try await server.bind(unixPath: configuration.socketPath, mode: configuration.socketMode)
      if let (host, port) = configuration.tcp {
        place = "\(host):\(port)"
        try await server.bind(host: host, port: port)
      }
      if let (host, port) = configuration.webAddress {
        place = "\(host):\(port)"
        try await server.bind(host: host, port: port, speaking: .web)
      }
    } catch {
      // Takes away the socket that is there already.
      await server.drain(within: .zero)
      let reason = (error as? IOError).map { systemMessage(of: $0.errnoCode) } ?? "\(error)"
      throw Daemon.Failure(description: "cannot listen on \(place): \(reason)")
    }
  }

  /// Somebody has set what systemd's sockets decide.
  private func tellUnused() {
    let keys = configuration.ownListenerKeys
    guard !keys.isEmpty else { return }
    log.warning(
      "systemd has passed the sockets, so some keys have no effect: see systemctl cat 'clinicd*.socket'",
      metadata: ["keys": "\(keys.joined(separator: ", "))"])
  }

  /// Keeps systemd informed: how it is, once a second, and that everything still answers.
  private func report() async throws {
    let watchdog = SystemdNotifier.watchdogInterval
    var line = ""
    var queue: QueueLength?
    for turn in 0... {
      try await Task.sleep(for: min(.seconds(1), (watchdog ?? .seconds(2)) / 2))
      reloader.forgetKeys()
      if turn % 3 == 0 { queue = await clinic.queueLength() }
      let now = statusLine(queue)
      if now != line { notifier.status(now) }
      line = now
      if watchdog != nil, await isAlive() { notifier.watchdog() }
    }
  }

  /// Gives back the memory that only the start needed, and each minute what a burst has left.
  private func keepSmall() async throws {
    try await Task.sleep(for: .seconds(1))
    ProcessMemory.forgetCode()
    while true {
      ProcessMemory.trim()
      try await Task.sleep(for: .seconds(60))
    }
  }

  /// The event loops, the loop of the stores and the pool of PostgreSQL's connections answer;
  /// that PostgreSQL is away is an answer too.
  private func isAlive() async -> Bool {
    await server.eventLoopsAnswer()
    await clinic.storesAnswer()
    return true
  }

  private func statusLine(_ queue: QueueLength?) -> String {
    let statistics = server.statistics
    let hub = clinic.hub.statistics
    let down = clinic.stores.filter { !$0.isUp }.map(\.name)
    let stores = down.isEmpty ? "stores up" : "down: \(down.joined(separator: ", "))"
    let lag = clinic.relay.status
    let behind = [lag.unsealed, lag.unshipped, lag.waiting].compactMap(\.self)
    return "\(statistics.connections) connections, \(hub.subscriptions) subscriptions, "
      + (queue.map { "\($0.waiting) waiting, \($0.withDoctors) with doctors, " } ?? "") + stores
      + (behind.isEmpty ? "" : ", lag \(behind.reduce(0, +))")
      + (lag.hasWrongKey ? "; the audit waits: another CLINIC_AUDIT_KEY has sealed it" : "")
      + (reloader.failure.map { "; not reloaded: \($0)" } ?? "")
  }
}
