import JSONRPC
import Postgres
import RPCClient
import TestSupport
import Testing

@testable import Clinic

/// Rule 49: a board's credential sees token, room, state, the doctor's label, counts and waits;
/// nothing else. Every field of every payload that a DISPLAY caller can get is walked.
@Suite struct BoardPrivacyTests {
  private static let token = ["token", "room", "state", "doctor_label"]
  private static let queue =
    ["date", "version"] + token.map { "tokens." + $0 } + token.map { "board.serving." + $0 }
    + token.map { "board.next." + $0 } + ["board.waiting", "board.estimated_wait_minutes"]

  /// Every member that a board may be told, by where it is told.
  private static let allowed: [String: Set<String>] = [
    "queue.today": Set(queue),
    "queue.subscribe": Set(
      ["subscription", "date", "version", "snapshot", "replay"] + queue.map { "snapshot." + $0 }
        + (["kind"] + queue).map { "replay." + $0 }),
    "queue.changed": Set(
      ["subscription"] + (["kind", "reason", "missed"] + queue).map { "result." + $0 }),
    "queue.unsubscribe": ["ok"],
    "auth.whoami": ["role", "id", "username", "full_name", "room"],
    "system.ping": ["pong"],
    "system.version": ["name", "version", "clinic", "time_zone", "appointments_by"],
    "system.health": ["status", "stores.name", "stores.state", "details"],
    "rpc.cancel": ["cancelled"],
    "system.stats": ["subscriptions", "published", "delivered", "overflows", "today"],
  ]

  /// Words that no board may ever see: names, phones, reasons, and ids that cannot be taken for
  /// anything else.
  private static let secrets = [
    "Asha", "Iyer", "Qzxname", "Ravi", "0712", "penicillin", "qzxreason", "98765", "77001",
    "reception-", "doctor-", "ROUTINE", "URGENT", "EMERGENCY", "arrived", "patient",
  ]

  /// A display that keeps everything that it was ever told.
  private final class Screen: Sendable {
    let caller: TestConnection
    let told = Tally<[(method: String, payload: JSONValue)]>([])

    init(_ caller: TestConnection) { self.caller = caller }

    @discardableResult
    func call(_ method: String, _ params: JSON = [:]) async throws -> JSONValue {
      let result = try await caller.call(method, params)
      told.update { $0.append((method, result)) }
      return result
    }

    func check(sourceLocation: SourceLocation = #_sourceLocation) {
      let notifications = caller.notifications.map { ($0.method, $0.params) }
      var seen: [String: Set<String>] = [:]
      for (method, payload) in told.value
        + notifications.compactMap({ method, params in
          params.map { (method, $0) }
        })
      {
        let allowed = BoardPrivacyTests.allowed[method] ?? []
        for (path, _) in payload.leaves {
          seen[method, default: []].insert(path)
          #expect(allowed.contains(path), "\(method): \(path)", sourceLocation: sourceLocation)
        }
        let text = String(decoding: payload.rawBytes, as: UTF8.self)
        for secret in BoardPrivacyTests.secrets where method != "auth.whoami" {
          #expect(!text.contains(secret), "\(method): \(secret)", sourceLocation: sourceLocation)
        }
      }
      // Each place was looked at with something in it.
      for method in ["queue.today", "queue.changed", "queue.subscribe"] {
        for member in ["board.serving.room", "board.next.token", "tokens.state", "board.waiting"] {
          #expect(
            seen[method]?.contains { $0.hasSuffix(member) } == true, "\(method): \(member)",
            sourceLocation: sourceLocation)
        }
      }
    }
  }

  @Test("rule 49: every field of every payload that a display can get")
  func display() async throws {
    try await TestClinic.run { clinic in
      _ = try await clinic.postgres.query(
        "ALTER TABLE patients ALTER COLUMN id RESTART WITH 98765001")
      let board = Screen(try await clinic.connect(.display, on: 1))
      _ = try await clinic.postgres.query("ALTER TABLE users ALTER COLUMN id RESTART WITH 77001001")
      let doctors = [
        try await clinic.member(.doctor, name: "Dr. Meera Rao", room: "Room 1"),
        try await clinic.member(.doctor, name: "Dr. Karim Haddad"),
      ]
      let desk = try await clinic.connect(.reception, on: 0)
      let date = try await desk.call("system.stats").text("today")
      let first = try await board.call("queue.subscribe")
      for params: JSON in [
        ["date": .string(date)], ["doctor_id": .int(doctors[0].id)],
        ["doctor_id": .int(doctors[1].id), "overflow": "close"],
      ] { try await board.call("queue.subscribe", params) }
      try await spendDay(desk, doctors)

      let version = try await clinic.number("SELECT version FROM queue_days")
      let follower = Follower(
        caller: board.caller, id: try first.text("subscription"), reply: first)
      try await follower.reach(version)
      try await eventually("queue.today is up to date") {
        try await board.caller.call("queue.today").integer("version") == version
      }
      try await board.call("queue.today")
      try await board.call("queue.today", ["date": .string(date)])
      try await board.call("queue.today", ["date": "2020-01-01"])
      for since in [0, version - 3, version, version + 5] {
        try await board.call(
          "queue.subscribe", ["since": ["date": .string(date), "version": .int(since)]])
      }
      for method in [
        "auth.whoami", "system.ping", "system.version", "system.health", "system.stats",
      ] {
        try await board.call(method)
      }
      // A day that has to be read anew is a snapshot for a reason.
      _ = try await clinic.postgres.query("UPDATE queue_days SET version = version + 3")
      try await follower.message("a snapshot") { $0["kind"]?.string == "snapshot" }
      try await board.call("queue.unsubscribe", ["subscription": first["subscription"].json])
      board.check()
      try await checkRefusals(board.caller, doctors, date)
    }
  }

  /// Everything that can happen to tokens.
  private func spendDay(_ desk: TestConnection, _ doctors: [TestClinic.Member]) async throws {
    var tokens: [JSON] = []
    for index in 0..<8 {
      let patient = try await desk.call(
        "patients.create",
        [
          "name": "Asha Iyer \(index)", "phone": "0712 345 67\(index)",
          "allergies": ["penicillin"],
        ])
      let priority = JSON.string(Priority.allCases[index % 3].rawValue)
      let token = try await desk.call(
        "queue.walk_in",
        [
          "patient_id": patient["id"].json, "priority": priority,
          "doctor_id": index % 2 == 0 ? .int(doctors[0].id) : nil,
        ])
      tokens.append(token["token"].json)
      if index == 5 {
        try await desk.call("patients.update", ["id": patient["id"].json, "name": "Qzxname"])
      }
    }
    let ids = doctors.map { JSON.int($0.id) }
    let called = try await ids.asyncMap { doctor in
      try await desk.call("queue.call_next", ["doctor_id": doctor])["token"].json
    }
    try await desk.call("queue.set_status", ["token": called[0], "status": "COMPLETED"])
    try await desk.call("queue.undo", ["token": called[0], "reason": "qzxreason"])
    try await desk.call("queue.set_status", ["token": called[0], "status": "COMPLETED"])
    try await desk.call("queue.transfer", ["token": called[1], "doctor_id": ids[0]])
    try await desk.call("queue.call_next", ["doctor_id": ids[0]])
    let waiting = try await desk.call("queue.today").list("tokens").filter {
      $0["status"]?.string == "WAITING"
    }.map { $0["token"].json }
    try await desk.call("queue.set_status", ["token": waiting[0], "status": "SKIPPED"])
    try await desk.call("queue.recall", ["token": waiting[0]])
    try await desk.call("queue.set_priority", ["token": waiting[1], "priority": "EMERGENCY"])
    try await desk.call("queue.set_status", ["token": waiting[2], "status": "NO_SHOW"])
    try await desk.call("queue.set_status", ["token": waiting[3], "status": "CANCELLED"])
  }

  /// Refusals tell a board nothing either.
  private func checkRefusals(
    _ caller: TestConnection, _ doctors: [TestClinic.Member], _ date: String
  ) async throws {
    for entry in try MethodTable.all().entries where !entry.roles.allow(.display) {
      let error = try await caller.refused(entry.name, ["id": 98_765_001])
      #expect(error.reason == "role_not_allowed", "\(entry.name)")
      #expect(error.data.members.map(\.name) == ["reason"], "\(entry.name)")
    }
    let discovered = try await caller.call("rpc.discover")
    let text = String(decoding: discovered.rawBytes, as: UTF8.self)
    for secret in ["Asha", "98765", "77001", "Rao"] { #expect(!text.contains(secret)) }
  }

  @Test("rule 49: a kiosk is told of its token what a board would be told")
  func kiosk() async throws {
    try await TestClinic.run(1) { clinic in
      let kiosk = try await clinic.connect(.kiosk)
      let follower = try await kiosk.subscribe()
      let patient = try await kiosk.call(
        "patients.create", ["name": "Qzxname", "phone": "0712 345 678"])
      let token = try await kiosk.call("queue.walk_in", ["patient_id": patient["id"].json])
      #expect(token.members.map(\.name) == Self.token)
      try await follower.reach(1)
      let queue = try await kiosk.call("queue.today")
      for payload in [token, queue] + follower.messages {
        let text = String(decoding: payload.rawBytes, as: UTF8.self)
        #expect(!text.contains("Qzxname") && !text.contains("0712") && !text.contains("patient"))
      }
      #expect(Set(queue.leaves.map(\.path)).isSubset(of: Self.queue))
    }
  }

  @Test("rule 49: the payload types have room for nothing else")
  func types() throws {
    let token = try SchemaRecorder.schema(of: BoardToken.self).properties.map(\.name)
    #expect(token == Self.token)
    let board = try SchemaRecorder.schema(of: Board.self).properties.map(\.name)
    #expect(Set(board) == ["serving", "next", "waiting", "estimated_wait_minutes"])
    let queue = try SchemaRecorder.schema(of: BoardQueue.self).properties.map(\.name)
    #expect(Set(queue) == ["date", "version", "tokens", "board"])
  }
}
