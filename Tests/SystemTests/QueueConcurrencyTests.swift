import JSONRPC
import Postgres
import Testing

@testable import Clinic

/// Rules 14, 15, 17, 18 with many callers at once over two instances.
@Suite struct QueueConcurrencyTests {
  @Test("rule 14: 100 walk-ins at once, the first of the day by both instances: 1 to 100")
  func numbersWithoutGap() async throws {
    try await TestClinic.run { clinic in
      let patients = try await clinic.patients(100)
      let reception = try await clinic.member(.reception)
      let desks = [
        try await clinic.connect(reception, on: 0), try await clinic.connect(reception, on: 1),
      ]
      let numbers = try await concurrently(100) { index in
        let token = try await desks[index % 2].call(
          "queue.walk_in", ["patient_id": .int(patients[index])])
        #expect(try token.integer("patient_id") == patients[index])
        return try token.integer("number")
      }
      #expect(numbers.sorted() == Array(1...100))
      for desk in desks {
        let tokens = try await desk.call("queue.today").list("tokens")
        #expect(try tokens.map { try $0.integer("number") } == Array(1...100))
        #expect(Set(try tokens.map { try $0.integer("patient_id") }) == Set(patients))
      }
      #expect(try await clinic.number("SELECT last_number::bigint FROM queue_days") == 100)
      #expect(try await clinic.number("SELECT version FROM queue_days") == 100)
    }
  }
}
