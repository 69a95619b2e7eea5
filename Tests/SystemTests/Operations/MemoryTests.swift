import Clinic
import Host
import JSONRPC
import RPCClient
import Testing

/// A daemon runs for years: a call that has been answered leaves nothing in its memory.
@Suite struct MemoryTests {
  private static let calls = 4_000
  /// What the allocator may still want; the params of so many calls are several times as much.
  private static let allowance = 1_000_000

  @Test("answered and refused calls leave nothing behind")
  func answeredCalls() async throws {
    try await TestClinic.run(1) { clinic in
      let patient = try await clinic.patient()
      let reception = try await clinic.connect(.reception)
      _ = try await reception.call("queue.walk_in", ["patient_id": .int(patient)])
      let daemon = clinic.daemons[0]
      let wire = try daemon.wire()
      let kinds: [(String, JSON)] = [
        ("patients.get", ["id": .int(patient)]),
        ("patients.list", ["name": "Zo", "limit": 1]),
        ("queue.today", [:]),
        // Refused by the queue, for a name that is unknown, for one that is missing, and for a
        // type.
        ("queue.walk_in", ["patient_id": .int(patient)]),
        ("patients.get", ["id": .int(patient), "colour": "blue"]),
        ("patients.create", ["name": "Zo"]),
        ("patients.get", ["id": [["nested": [1, 2, 3]]]]),
      ]
      let part = 200
      func answer(_ count: Int) async throws {
        for first in stride(from: 0, to: count, by: part) {
          let requests = (first..<first + part).flatMap { number in
            let (method, params) = kinds[number % kinds.count]
            return WireSocket.request(method, params, id: number)
          }
          try await wire.send(requests)
          for _ in 0..<part { _ = try #require(try await wire.message()) }
        }
      }
      // First, what grows until it is as large as it has to be: buffers, statements of each
      // connection, the allocator's parts.
      try await answer(2 * Self.calls)
      // What calls leave behind, each round leaves; on a busy machine one round may still need a
      // buffer more than those before.
      var growth = Int.max
      for _ in 0..<3 where growth >= Self.allowance {
        let before = try Self.residentBytes(of: daemon)
        try await answer(Self.calls)
        growth = try Self.residentBytes(of: daemon) - before
      }
      #expect(growth < Self.allowance)
    }
  }

  /// What is resident of it and of no file.
  private static func residentBytes(of daemon: Daemon) throws -> Int {
    let status = try SmallFile.read("/proc/\(daemon.process.id)/status")
    let words = String(decoding: status, as: UTF8.self).split { $0.isWhitespace }
    let name = try #require(words.firstIndex(of: "RssAnon:"))
    return try #require(Int(words[name + 1])) * 1024
  }
}
