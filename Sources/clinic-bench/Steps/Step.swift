import NIOCore

/// One measurement and how it is called.
struct Step: Sendable {
  let name: String
  let measure: @Sendable (Setting) async throws -> [Finding]

  /// All measurements, in the order in which they are made.
  static let all = [
    Step(name: "start", measure: Start.measure),
    Step(name: "memory", measure: Memory.measure),
    Step(name: "ping", measure: Ping.measure),
    Step(name: "get", measure: GetPatient.measure),
    Step(name: "search", measure: SearchPatients.measure),
    Step(name: "create", measure: CreatePatient.measure),
    Step(name: "today", measure: QueueToday.measure),
    Step(name: "walk-in", measure: WalkIn.measure),
    Step(name: "serving", measure: Serving.measure),
    Step(name: "boards", measure: BoardsSpread.measure),
    Step(name: "appointments", measure: BookAppointments.measure),
    Step(name: "billing", measure: BillAndPay.measure),
    Step(name: "dispensing", measure: Dispense.measure),
    Step(name: "outbox", measure: CarryOutbox.measure),
  ]
}

extension Setting {
  /// The numbers of connections at which calls are measured.
  private static let connections = [1, 64, 256]
  /// The place among the findings of the one that is held against the limit: 64 connections.
  static let main = 1

  /// The same calls on 1, 64 and 256 connections, a finding for each.
  ///
  /// - Parameters:
  ///   - opening: what each connection sends first.
  ///   - seconds: how long the main one is measured.
  func scale(
    _ what: String, _ calls: [ByteBuffer], opening: [ByteBuffer] = [], seconds: Double? = nil
  ) async throws -> [Finding] {
    var findings: [Finding] = []
    for (index, count) in Self.connections.enumerated() {
      let measured = try await LoadGenerator.with(socket, connections: count, opening: opening) {
        generator in
        _ = try await generator.run(CyclingCalls(calls), seconds: warmUp)
        return try await measure(
          generator, CyclingCalls(calls),
          seconds: index == Self.main ? seconds ?? self.seconds : max(2, self.seconds / 2))
      }
      findings.append(Finding("\(what), \(count) connection\(count == 1 ? "" : "s")", measured))
    }
    return findings
  }
}
