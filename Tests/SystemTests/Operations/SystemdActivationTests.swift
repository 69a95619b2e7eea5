import Glibc
import Host
import JSONRPC
import Postgres
import RPCClient
import Synchronization
import TestSupport
import Testing

@testable import Clinic

/// What systemd and the daemon say to one another, with the test in systemd's place.
@Suite struct SystemdActivationTests {
  @Test("sockets that were passed are used, and stay")
  func adoptsSockets() async throws {
    try await TestClinic.run(1) { clinic in
      let path = "\(clinic.folder)/passed.sock"
      let port = try SystemdService.freePort()
      let service = SystemdService(
        clinic, settings: ["CLINIC_TCP_ADDRESS": "127.0.0.1:\(port)"],
        activation: [
          "--fdname=rpc-unix:rpc-tcp", "-l", path, "-l", "127.0.0.1:\(port)",
        ])
      try await service.run {
        // The first connection starts the daemon, and waits in the socket's queue until it is
        // ready.
        let first = try await awaited("the sockets are open") { try? WireSocket(path: path) }
        let answer = try await first.call("auth.whoami", within: .seconds(60))
        #expect(answer["result"]?["role"]?.string == "ADMIN")
        let stranger = try WireSocket(port: port)
        #expect(try await stranger.call("auth.whoami").errorReason == "not_authenticated")
        #expect(try await stranger.call("system.ping", id: 2)["result"] != nil)
        // The daemon opened no sockets of its own.
        #expect(!SmallFile.exists(service.ownSocket))
        #expect(service.listeners == 2)
        let unused = "so some keys have no effect"
        let lines = service.process.output.split(separator: "\n").filter { $0.contains(unused) }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("keys=CLINIC_TCP_ADDRESS, CLINIC_WEB_ADDRESS") == true)
        service.process.signal(SIGTERM)
        #expect(try await service.exitStatus() == 0)
        #expect(try await first.rest().isEmpty)
        #expect(SmallFile.exists(path), "the socket is systemd's")
      }
    }
  }

  @Test("READY, STATUS, WATCHDOG and STOPPING are told; its own socket is removed")
  func notifies() async throws {
    try await TestClinic.run(1) { clinic in
      let manager = try NotifySocket("\(clinic.folder)/notify.sock")
      let service = SystemdService(
        clinic, settings: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "400000"])
      try await service.run {
        try await manager.await(within: .seconds(60)) { $0.hasPrefix("READY=1") }
        #expect(SmallFile.exists(service.ownSocket))
        let ready = try #require(manager.lines.first { $0.hasPrefix("READY=1") })
        #expect(ready.contains("\nSTATUS="))
        #expect(manager.lines.prefix { $0 != ready }.allSatisfy { $0.hasPrefix("STATUS=") })
        // At least twice as often as it must: four times in two periods would be late.
        let started = ContinuousClock.now
        let before = manager.count("WATCHDOG=1")
        try await eventually("signs of life") { manager.count("WATCHDOG=1") >= before + 4 }
        #expect(ContinuousClock.now - started < .milliseconds(2500))
        let board = try await TestConnection.connect(to: .unix(path: service.ownSocket))
        _ = try await board.connection.call("queue.subscribe", rawParams: nil)
        try await manager.await {
          $0.hasPrefix("STATUS=") && $0.contains("1 connections, 1 subscriptions, 0 waiting, ")
        }
        await clinic.stores.redisServer.stop()
        try await manager.await { $0.hasPrefix("STATUS=") && $0.contains("down: redis") }
        service.process.signal(SIGTERM)
        try await manager.await { $0.contains("STOPPING=1") }
        try await manager.await { $0.hasPrefix("EXTEND_TIMEOUT_USEC=") }
        #expect(try await service.exitStatus() == 0)
        #expect(!SmallFile.exists(service.ownSocket))
        #expect(manager.count("READY=1") == 1)
        #expect(!service.process.output.contains("have no effect"), "its sockets are its own")
      }
    }
  }

  @Test("a start that waits for another's migration asks systemd for more time")
  func asksForTime() async throws {
    try await TestClinic.run(1) { clinic in
      let manager = try NotifySocket("\(clinic.folder)/notify.sock")
      let service = SystemdService(
        clinic, settings: ["NOTIFY_SOCKET": manager.path, "CLINIC_MIGRATE_AT_START": "yes"])
      try await clinic.postgres.withConnection { connection in
        _ = try await connection.query("SELECT pg_advisory_lock(\(Migrator.lock))")
        try await service.run {
          try await manager.await { $0 == "EXTEND_TIMEOUT_USEC=60000000" }
          #expect(manager.count("READY=1") == 0)
          _ = try await connection.query("SELECT pg_advisory_unlock(\(Migrator.lock))")
          try await manager.await { $0.hasPrefix("READY=1") }
          service.process.signal(SIGTERM)
          #expect(try await service.exitStatus() == 0)
        }
      }
    }
  }

  @Test("signs of life go on while the connections to PostgreSQL are cut")
  func watchdogGoesOn() async throws {
    try await TestClinic.run(1) { clinic in
      let manager = try NotifySocket("\(clinic.folder)/notify.sock")
      let service = SystemdService(
        clinic, settings: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "400000"])
      try await service.run {
        try await manager.await(within: .seconds(60)) { $0 == "WATCHDOG=1" }
        // PostgreSQL away is no fault of the daemon's: it lives.
        try await clinic.postgres.withConnection { connection in
          _ = try await connection.query(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
            WHERE datname = current_database() AND application_name = 'clinicd'
            """)
        }
        let before = manager.count("WATCHDOG=1")
        try await eventually("signs of life go on") { manager.count("WATCHDOG=1") > before + 2 }
        service.process.signal(SIGTERM)
        #expect(try await service.exitStatus() == 0)
      }
    }
  }

  @Test("SIGTERM: calls in flight are answered, subscribers are told, new ones are refused")
  func stopsInOrder() async throws {
    try await TestClinic.run(2) { clinic in
      let patients = try await clinic.patients(2)
      let admin = try await clinic.admin(on: 1)
      try await admin.call("queue.walk_in", ["patient_id": .int(patients[0])])
      let daemon = clinic.daemons[0]
      let callers = try WireTransport.allCases.map { try daemon.wire($0) }
      let desk = callers[0]
      let board = try daemon.wire()
      let subscribed = try await board.call("queue.subscribe")
      let version = try subscribed.member("result").integer("version")
      try await clinic.holding("SELECT FROM queue_days FOR UPDATE") {
        try await desk.send(
          WireSocket.request("queue.walk_in", ["patient_id": .int(patients[1])], id: 5))
        try await eventually("the call waits") { try await clinic.waitingSessions() > 0 }
        daemon.process.signal(SIGTERM)
        let message = try #require(await board.message())
        #expect(message["method"]?.string == "queue.changed")
        #expect(message["params"]?["result"]?["kind"]?.string == "shutdown")
        // Accepted no more, and a call that comes now is not begun.
        try await eventually("nobody listens") {
          do {
            _ = try daemon.wire()
            return false
          } catch {
            return true
          }
        }
        let late = try await desk.call("queue.today", id: 6)
        #expect(late.errorCode == -32006)
        #expect(late.errorReason == "stopping")
        #expect(!daemon.process.output.contains("clinicd info: stopped"))
      }
      let answer = try await desk.answer(to: 5)
      #expect(answer["result"]?["number"]?.int == 2)
      for socket in callers + [board] { #expect(try await socket.rest().isEmpty) }
      #expect(try await exitStatus(of: daemon.process) == 0)
      #expect(!SmallFile.exists(daemon.socket))
      // Started again, it goes on where it was.
      _ = daemon.process.hasEnded
      try await daemon.start()
      let again = try daemon.wire()
      let resumed = try await again.call(
        "queue.subscribe",
        [
          "since": [
            "date": .string(try subscribed.member("result").text("date")),
            "version": .int(version),
          ]
        ])
      #expect(resumed["result"]?["replay"]?.count == 1)
    }
  }

  @Test("a socket file that a killed daemon left is replaced; one in use is not")
  func staleSocket() async throws {
    try await TestClinic.run(1) { clinic in
      let daemon = clinic.daemons[0]
      await daemon.process.stop(SIGKILL)
      #expect(SmallFile.exists(daemon.socket))
      try await daemon.start()
      #expect(try await daemon.wire().call("system.ping")["result"] != nil)
      let second = SystemdService(clinic, settings: ["CLINIC_SOCKET": daemon.socket])
      try second.process.start()
      #expect(try await second.exitStatus() == 1)
      #expect(second.process.output.contains("cannot listen"))
      await second.process.stop()
      #expect(try await daemon.wire().call("system.ping")["result"] != nil)
    }
  }
}

/// One more daemon on the clinic's stores, started as systemd starts it.
private final class SystemdService: Sendable {
  let process: ChildProcess
  /// The socket that it opens when none is passed.
  let ownSocket: String

  init(_ clinic: TestClinic, settings: [String: String], activation: [String] = []) {
    let socket = "\(clinic.folder)/service.sock"
    ownSocket = socket
    let environment = [
      "DATABASE_URL": clinic.stores.postgresURL, "REDIS_URL": clinic.stores.redisURL,
      "MONGO_URL": clinic.stores.mongoURL,
      "SECRET_KEY": "a secret of tests alone, 32 bytes or more",
      "CLINIC_AUDIT_KEY": "another secret of tests alone, 32 bytes",
      "CLINIC_TCP_ADDRESS": "127.0.0.1:0", "CLINIC_WEB_ADDRESS": "127.0.0.1:0",
      "CLINIC_ROLES": "\(getuid())=ADMIN",
      "CLINIC_STATE_DIRECTORY": clinic.folder, "CLINIC_SOCKET": socket,
    ].merging(settings) { $1 }
    let daemon = "\(clinic.folder)/clinicd-test"
    let log = "\(clinic.folder)/service.log"
    guard !activation.isEmpty else {
      process = ChildProcess(daemon, environment: environment, in: clinic.folder, log: log)
      return
    }
    // Of its own environment it passes on nothing but what it is told to.
    let passed = environment.sorted { $0.key < $1.key }.flatMap { ["-E", "\($0.key)=\($0.value)"] }
    process = ChildProcess(
      "systemd-socket-activate", activation + passed + [daemon], in: clinic.folder, log: log)
  }

  func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
    try process.start()
    do {
      try await body()
    } catch {
      Issue.record("the service:\n\(process.output)")
      await process.stop()
      throw error
    }
    await process.stop()
  }

  func exitStatus() async throws -> Int32 {
    if process.id == 0 { try process.start() }
    return try await SystemTests.exitStatus(of: process)
  }

  /// How many sockets it says that it listens on.
  var listeners: Int {
    process.output.split(separator: "\n").count { $0.contains(": listening ") }
  }

  /// A port that nobody listens on.
  static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = unsafe withUnsafeMutablePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, size) + getsockname(descriptor, $0, &size)
      }
    }
    try #require(status == 0)
    return Int(UInt16(bigEndian: address.sin_port))
  }
}

/// The manager's end of `sd_notify`.
final class NotifySocket: Sendable {
  let path: String
  private let descriptor: Int32
  private let received = Mutex<[String]>([])

  init(_ path: String) throws {
    self.path = path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    try #require(descriptor >= 0)
    try bindUnix(descriptor, to: path)
  }

  deinit { close(descriptor) }

  /// The messages so far, each of one or more lines.
  var lines: [String] {
    received.withLock { received in
      var buffer = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = unsafe buffer.withUnsafeMutableBytes {
          unsafe recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
        }
        guard count > 0 else { return received }
        received.append(String(decoding: buffer[..<count], as: UTF8.self))
      }
    }
  }

  func count(_ message: String) -> Int { lines.count { $0.hasPrefix(message) } }

  func `await`(
    within limit: Duration = .seconds(20), sourceLocation: SourceLocation = #_sourceLocation,
    _ isWanted: @Sendable (String) -> Bool
  ) async throws {
    try await eventually(within: limit, "systemd is told", sourceLocation: sourceLocation) {
      lines.contains(where: isWanted)
    }
  }
}
