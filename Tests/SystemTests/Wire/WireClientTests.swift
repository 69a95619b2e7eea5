import Clinic
import JSONRPC
import Postgres
import TestSupport
import Testing

/// Clients that do not read, vanish, or are too many: the others notice nothing.
@Suite struct WireClientTests {
  @Test("a client that never reads its answers stops nobody")
  func neverReadsAnswers() async throws {
    try await TestClinic.run(1) { clinic in
      _ = try await clinic.patients(200)
      for transport in WireTransport.allCases {
        let deaf = try clinic.daemons[0].wire()
        let desk = try await clinic.connect(.reception)
        let other = try clinic.daemons[0].wire(transport)
        // Until the daemon stops reading: then the kernel takes no more.
        let calls = (1...200).flatMap {
          WireSocket.request("patients.list", ["limit": 200], id: $0)
        }
        var pending = calls[...]
        var sent = 0
        try await eventually(within: .seconds(60), "the daemon reads no more") {
          let answer = try await other.call("system.ping", within: .seconds(5))
          #expect(answer["result"] != nil)
          let count = try deaf.offer(pending)
          pending = pending.dropFirst(count)
          if pending.isEmpty { pending = calls[...] }
          sent += count
          return count == 0
        }
        #expect(sent < 4 << 20, "what waits is bounded")
        let started = ContinuousClock.now
        let patient = try await clinic.patient()
        try await desk.call("queue.walk_in", ["patient_id": .int(patient)])
        #expect(ContinuousClock.now - started < .seconds(5))
        // It reads after all: whole answers, and the calls that waited run.
        #expect(try await deaf.message()?["result"]?["items"]?.count == 200)
        #expect(try await deaf.answer(to: 150)["result"]?["items"]?.count == 200)
        deaf.close()
      }
      let admin = try await clinic.admin()
      #expect(try await admin.call("system.ping")["pong"]?.bool == true)
    }
  }

  @Test("a board that does not read gets one snapshot for what it missed; others see each version")
  func neverReadsNotifications() async throws {
    try await TestClinic.run(2) { clinic in
      let desk = try await clinic.connect(.reception)
      let deaf = try clinic.daemons[0].wire()
      let reply = try await deaf.call("queue.subscribe")
      let start = try reply.member("result").integer("version")
      let near = try await clinic.admin().subscribe()
      let far = try await clinic.admin(on: 1).subscribe()
      // Enough for every buffer on the way to overflow.
      let patients = try await clinic.patients(40)
      for patient in patients {
        try await desk.call("queue.walk_in", ["patient_id": .int(patient)])
      }
      let token = try await desk.call("queue.today").list("tokens")[0].text("token")
      var version = 0
      for round in 0..<700 {
        let priority: JSON = round % 2 == 0 ? "URGENT" : "ROUTINE"
        try await desk.call("queue.set_priority", ["token": .string(token), "priority": priority])
      }
      version = try await desk.call("queue.today").integer("version")
      #expect(version == patients.count + 700)
      try await near.reach(version)
      try await far.reach(version)
      var last = start
      var missed = 0
      while last < version {
        let message = try #require(await deaf.message())
        let body = try message.member("params").member("result")
        let next = try body.integer("version")
        if body["kind"]?.string == "change" {
          #expect(next == last + 1, "versions count up by one")
        } else {
          #expect(body["kind"]?.string == "snapshot" && body["reason"]?.string == "overflow")
          #expect(try body.integer("missed") == next - last)
          #expect(try body.list("tokens").count == patients.count)
          missed += try body.integer("missed")
        }
        last = next
      }
      #expect(last == version && missed > 0)
    }
  }

  @Test(
    "a client that vanishes in a call leaves nothing waiting", arguments: WireTransport.allCases)
  func vanishes(_ transport: WireTransport) async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.member(.reception)
      let patients = try await clinic.patients(2)
      let other = try await clinic.connect(desk)
      try await other.call("queue.walk_in", ["patient_id": .int(patients[0])])
      let before = try await clinic.contents()
      try await clinic.holding("SELECT FROM queue_days FOR UPDATE") {
        let gone = try clinic.daemons[0].wire(transport)
        if transport == .tcp {
          _ = try await gone.call("auth.login", desk.login)
        }
        try await gone.send(
          WireSocket.request("queue.walk_in", ["patient_id": .int(patients[1])], id: 2))
        try await eventually("the call waits") { try await clinic.waitingSessions() > 0 }
        gone.vanish()
        try await eventually("the call has ended") { try await clinic.waitingSessions() == 0 }
      }
      let tables = ["token ", "day ", "event ", "key "]
      let queue = { (rows: [String]) in rows.filter { row in tables.contains { row.hasPrefix($0) } }
      }
      #expect(try await queue(clinic.contents()) == queue(before))
      let token = try await other.call("queue.walk_in", ["patient_id": .int(patients[1])])
      #expect(try token.integer("number") == 2)
    }
  }

  @Test("300 connections of one user: 256 are taken, the others told so and closed")
  func tooManyConnections() async throws {
    // Nobody logs in, and a slow machine takes its time.
    try await TestClinic.run(1, ["CLINIC_UNAUTHENTICATED_SECONDS": "3600"]) { clinic in
      for transport in WireTransport.allCases {
        let limit = 256
        var sockets: [WireSocket] = []
        for _ in 0..<300 { sockets.append(try clinic.daemons[0].wire(transport)) }
        for socket in sockets[..<limit] {
          #expect(try await socket.call("system.ping")["result"] != nil)
        }
        for socket in sockets[limit...] {
          let rest = try await socket.rest()
          #expect(rest.map(\.errorCode) == [-32005])
          #expect(rest.first?.errorReason == "too_many_connections")
          #expect(rest.first?["error"]?["data"]?["limit"]?.int == limit)
        }
        #expect(try await sockets[0].call("system.ping", id: 2)["result"] != nil)
        // One leaves, another one may come.
        sockets.removeFirst(limit / 2)
        try await eventually("there is room again") {
          let socket = try clinic.daemons[0].wire(transport)
          try? await socket.send(WireSocket.request("system.ping"))
          return try await socket.message()?["result"] != nil
        }
        #expect(try await sockets[0].call("system.ping", id: 2)["result"] != nil)
      }
    }
  }
}
