import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Subscriptions over two instances: every version, in order, none missed.
@Suite struct SubscriptionTests {
  @Test("every subscriber of both instances gets every version, whichever instance made it")
  func everyVersion() async throws {
    try await TestClinic.run { clinic in
      let reception = try await clinic.member(.reception)
      let display = try await clinic.member(.display)
      let desks = [
        try await clinic.connect(reception, on: 0), try await clinic.connect(reception, on: 1),
      ]
      var followers: [Follower] = []
      for instance in [0, 1] {
        followers.append(try await clinic.connect(reception, on: instance).subscribe())
        followers.append(try await clinic.connect(display, on: instance).subscribe())
      }
      let patients = try await clinic.patients(120)
      _ = try await concurrently(120) { index in
        let token = try await desks[index % 2].call(
          "queue.walk_in", ["patient_id": .int(patients[index])])
        guard index % 3 == 0 else { return }
        try await desks[(index + 1) % 2].call(
          "queue.set_status", ["token": token["token"].json, "status": "CANCELLED"])
      }
      let version = try await clinic.number("SELECT version FROM queue_days")
      #expect(version == 160)
      for follower in followers {
        try await follower.reach(version)
        let last = try #require(follower.messages.last)
        #expect(try last.member("board").integer("waiting") == 80)
      }
      // The same version says the same to everybody of one view.
      for pair in [(0, 2), (1, 3)] {
        let (one, two) = (followers[pair.0].changes, followers[pair.1].changes)
        #expect(one.suffix(50) == two.suffix(50))
      }
    }
  }

  @Test("who lost an instance goes on at the other one, and has missed nothing")
  func resumesElsewhere() async throws {
    try await TestClinic.run { clinic in
      let reception = try await clinic.member(.reception)
      let doomed = try await clinic.connect(reception, on: 0).subscribe()
      let witness = try await clinic.connect(reception, on: 1).subscribe()
      let desk = try await clinic.connect(reception, on: 1)
      for patient in try await clinic.patients(5) {
        try await desk.call("queue.walk_in", ["patient_id": .int(patient)])
      }
      try await doomed.reach(5)
      await clinic.daemons[0].process.stop()
      for patient in try await clinic.patients(7) {
        try await desk.call("queue.walk_in", ["patient_id": .int(patient)])
      }
      try await witness.reach(12)
      let date = try witness.reply.text("date")
      let caller = try await clinic.connect(reception, on: 1)
      let resumed = try await caller.subscribe(["since": ["date": .string(date), "version": 5]])
      let replay = try resumed.reply.list("replay")
      #expect(try replay.map { try $0.integer("version") } == Array(6...12))
      #expect(resumed.reply["snapshot"]?.isNull ?? true)
      let seen = witness.messages.suffix(7)
      #expect(replay.map(\.rawBytes) == seen.map(\.rawBytes), "as whoever stayed has seen it")
      try await desk.call("queue.walk_in", ["patient_id": .int(try await clinic.patient())])
      try await resumed.message("it goes on") { $0["version"]?.int == 13 }

      // Whatever cannot be replayed is a snapshot: a version ahead, another day, a negative one.
      for since: JSON in [
        ["date": .string(date), "version": 99], ["date": "2020-01-01", "version": 5],
        ["date": .string(date), "version": -1],
      ] {
        let again = try await caller.subscribe(["since": since])
        #expect(try again.reply.integer("version") == 13)
        #expect(try again.reply.member("snapshot").list("tokens").count == 13)
      }
    }
  }

  @Test("a restart of the daemon tells its subscribers, and `since` misses nothing")
  func restart() async throws {
    try await TestClinic.run(1) { clinic in
      let reception = try await clinic.member(.reception)
      let desk = try await clinic.connect(reception)
      let follower = try await desk.subscribe()
      for patient in try await clinic.patients(3) {
        try await desk.call("queue.walk_in", ["patient_id": .int(patient)])
      }
      try await follower.reach(3)
      try await clinic.daemons[0].restart()
      try await follower.message("the daemon says that it stops") {
        $0["kind"]?.string == "shutdown"
      }
      let again = try await clinic.connect(reception)
      try await again.call("queue.walk_in", ["patient_id": .int(try await clinic.patient())])
      let resumed = try await again.subscribe([
        "since": ["date": follower.reply["date"].json, "version": 3]
      ])
      #expect(try resumed.reply.list("replay").map { try $0.integer("version") } == [4])
    }
  }

  @Test("rule 21: a doctor's queue shows whom the calls of another doctor have made the next one")
  func passedOverByAnother() async throws {
    try await TestClinic.run(1, ["CLINIC_QUEUE_PASS_OVER_LIMIT": "3"]) { clinic in
      let desk = try await clinic.connect(.reception)
      let doctors = try await (0..<2).asyncMap { _ in try await clinic.member(.doctor).id }
      let patients = try await clinic.patients(5)
      let first = try await desk.call("queue.walk_in", ["patient_id": .int(patients[0])])
      let urgent = try await patients.dropFirst().enumerated().asyncMap { index, patient in
        try await desk.call(
          "queue.walk_in",
          [
            "patient_id": .int(patient), "priority": "URGENT",
            "doctor_id": .int(doctors[index == 0 ? 1 : 0]),
          ]
        ).text("token")
      }
      let follower = try await desk.subscribe(["doctor_id": .int(doctors[1])])
      for _ in 1...3 {
        let token = try await desk.call("queue.call_next", ["doctor_id": .int(doctors[0])])
        try await desk.call(
          "queue.set_status", ["token": token["token"].json, "status": "COMPLETED"])
      }
      try await follower.message("the overdue one is first") { message in
        let next = message["board"]?["next"]?.elements.map { $0["token"]?.string }
        return next?.first == (try? first.text("token")) && next?.last == urgent[0]
      }
    }
  }

  @Test("a subscription to one doctor's queue gets every version, and what concerns the doctor")
  func doctorsQueue() async throws {
    try await TestClinic.run { clinic in
      let desk = try await clinic.connect(.reception, on: 0)
      let other = try await clinic.connect(.reception, on: 1)
      let mine = try await clinic.member(.doctor)
      let theirs = try await clinic.member(.doctor)
      let follower = try await other.subscribe(["doctor_id": .int(mine.id)])
      let patients = try await clinic.patients(4)
      func arrive(_ index: Int, _ doctor: Int?) async throws -> JSON {
        try await desk.call(
          "queue.walk_in",
          ["patient_id": .int(patients[index]), "doctor_id": doctor.map(JSON.int) ?? .null]
        )["token"].json
      }
      _ = try await arrive(0, mine.id)
      let foreign = try await arrive(1, theirs.id)
      _ = try await arrive(2, nil)
      try await desk.call("queue.call_next", ["doctor_id": .int(theirs.id)])
      try await desk.call("queue.transfer", ["token": foreign, "doctor_id": .int(mine.id)])
      try await follower.reach(5)
      let changes = follower.messages
      #expect(changes.map { $0["tokens"] != nil } == [true, false, true, false, true])
      #expect(changes[1].members.map(\.name) == ["kind", "version"])
      #expect(changes[3].members.map(\.name) == ["kind", "version"])
      let board = try #require(changes.last).member("board")
      #expect(try board.integer("waiting") == 3)
      let snapshot = try await other.subscribe(["doctor_id": .int(theirs.id)])
      let tokens = try snapshot.reply.member("snapshot").list("tokens")
      #expect(try tokens.map { try $0.integer("number") } == [3], "own and unassigned ones")

      let unknown = try await desk.refused("queue.subscribe", ["doctor_id": 999_999])
      #expect(unknown.reason == "not_found")
    }
  }

  @Test("a subscription to one doctor's queue is told what leaves it, and nothing of other tokens")
  func leavingADoctorsQueue() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let mine = try await clinic.member(.doctor).id
      let other = try await clinic.member(.doctor).id
      let third = try await clinic.member(.doctor).id
      let patients = try await clinic.patients(3)
      let follower = try await desk.subscribe(["doctor_id": .int(mine)])
      func arrive(_ index: Int, _ doctor: Int?, _ priority: String = "ROUTINE") async throws {
        try await desk.call(
          "queue.walk_in",
          [
            "patient_id": .int(patients[index]), "doctor_id": doctor.map(JSON.int) ?? .null,
            "priority": .string(priority),
          ])
      }
      try await arrive(0, nil)
      try await arrive(1, mine)
      try await arrive(2, other, "URGENT")
      // The other one's urgent token passes over the unassigned one, which the other then calls.
      for _ in 1...2 {
        let token = try await desk.call("queue.call_next", ["doctor_id": .int(other)])["token"].json
        try await desk.call("queue.set_status", ["token": token, "status": "COMPLETED"])
      }
      let own = try await desk.call("queue.call_next", ["doctor_id": .int(mine)])["token"].json
      try await desk.call("queue.transfer", ["token": own, "doctor_id": .int(third)])
      try await follower.reach(9)
      let told = try follower.messages.map { change in
        try change["tokens"]?.elements.map {
          "\(try $0.integer("number")) of \($0["doctor_id"]?.int ?? 0)"
        }
      }
      #expect(
        told == [
          ["1 of 0"], ["2 of \(mine)"], nil, [], nil, ["1 of \(other)"], nil, ["2 of \(mine)"],
          ["2 of \(third)"],
        ])
      #expect(follower.messages[3]["board"]?["waiting"]?.int == 2, "one of them was passed over")
    }
  }

  @Test("unsubscribing ends a subscription, and only that one")
  func unsubscribe() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let one = try await desk.subscribe()
      let two = try await desk.subscribe()
      #expect(one.id != two.id)
      try await desk.call("queue.unsubscribe", ["subscription": .string(one.id)])
      let again = try await desk.refused("queue.unsubscribe", ["subscription": .string(one.id)])
      #expect(again.reason == "not_found")
      let foreign = try await clinic.connect(.reception).refused(
        "queue.unsubscribe", ["subscription": .string(two.id)])
      #expect(foreign.reason == "not_found", "another connection's")
      try await desk.call("queue.walk_in", ["patient_id": .int(try await clinic.patient())])
      try await two.reach(1)
      #expect(one.messages.isEmpty)
    }
  }

  @Test("a connection has 16 subscriptions at most")
  func limit() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let ids = try await (0..<16).asyncMap { _ in try await desk.subscribe().id }
      #expect(Set(ids).count == 16)
      let error = try await desk.refused("queue.subscribe")
      #expect(error.code == -32005)
      #expect(error.reason == "too_many_subscriptions")
      #expect(error.data["limit"] == .int(16))
      try await desk.call("queue.unsubscribe", ["subscription": .string(ids[7])])
      _ = try await desk.subscribe()
    }
  }

  @Test("another user on the same connection ends the subscriptions, the same user keeps them")
  func otherUser() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.reception)
      let other = try await clinic.member(.doctor)
      let caller = try await clinic.connect(member)
      let follower = try await caller.subscribe()
      let token = try await clinic.stranger().call("auth.login", member.login)["access_token"].json
      try await caller.call("auth.authenticate", ["access_token": token])
      let desk = try await clinic.connect(.reception)
      try await desk.call("queue.walk_in", ["patient_id": .int(try await clinic.patient())])
      try await follower.reach(1)
      try await caller.call("auth.login", other.login)
      let end = try await follower.message("the subscription has ended") {
        $0["kind"]?.string == "closed"
      }
      #expect(end["reason"]?.string == "other_user")
    }
  }
}

extension Follower {
  /// The changes that came, as they were written.
  fileprivate var changes: [[UInt8]] {
    messages.filter { $0["kind"]?.string == "change" }.map(\.rawBytes)
  }
}
