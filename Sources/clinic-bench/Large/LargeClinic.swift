import Foundation

/// A clinic of years: 100,000 patients, 2,000,000 completed visits with notes, prescriptions,
/// invoices and what was dispensed, 1,000 tokens a day, 500 medicines in 3,000 batches, a million
/// audit entries.
///
/// Rows are made in PostgreSQL by `INSERT … SELECT`, which no socket is crossed for, with triggers
/// off, and indexes and foreign keys made again afterwards, as a restore does. Ids are computed, so
/// that rows name each other without a look.
struct LargeClinic {
  static let days = 2000
  /// Days that one statement of each table fills.
  private static let stride = 50
  private static let medicines = 500
  private static let auditEntries = 1_000_000
  /// Ids of what is loaded are above this.
  static let base = 1_000_000

  private let setting: Setting
  private let firstPatient: Int

  /// Fills the database once.
  static func load(into setting: Setting) async throws {
    let isLoaded = "SELECT count(*) FROM users WHERE username = 'large.clinic'"
    if try await setting.postgres.number(isLoaded) == 1 { return }
    let clinic = LargeClinic(
      setting: setting, firstPatient: try await Patients.first(in: setting))
    let begin = Date()
    try await clinic.fill()
    Measure.tell("loaded in \(Int(-begin.timeIntervalSinceNow)) s; waiting for the copies")
    try await clinic.waitForCopies()
    try await setting.postgres.run(
      """
      INSERT INTO users (username, password_hash, full_name, role, enabled)
      VALUES ('large.clinic', '-', 'The bench', 'ADMIN', false);
      """)
    Measure.tell("all is there after \(Int(-begin.timeIntervalSinceNow)) s")
  }

  private func fill() async throws {
    let doctors = try await Doctors.ids(8, in: setting)
    let postgres = setting.postgres
    let restored = try await postgres.run(LargeClinicSQL.takeOff)
    try await postgres.run(
      LargeClinicSQL.phrases
        + LargeClinicSQL.functions(firstPatient: firstPatient, doctors: doctors)
        + LargeClinicSQL.medicines(Self.medicines))
    // Two at a time: PostgreSQL's work is on one core each.
    let stretches = Swift.stride(from: 0, to: Self.days, by: Self.stride)
    try await inPairs(Array(stretches)) { from, done in
      try await postgres.run(
        LargeClinicSQL.quickly + LargeClinicSQL.stretch(from: from, to: from + Self.stride))
      Measure.tell("\(min(done * Self.stride, Self.days) * 1000) of \(Self.days * 1000) visits")
    }
    Measure.tell("stock, the journal")
    try await postgres.run(
      LargeClinicSQL.quickly + LargeClinicSQL.stock
        + LargeClinicSQL.audit(Self.auditEntries))
    let statements = restored.split(separator: "\n").map(String.init)
    Measure.tell("making \(statements.count) indexes and constraints")
    try await inPairs(statements.filter { $0.hasPrefix("CREATE") }) { statement, _ in
      try await postgres.run("SET maintenance_work_mem = '512MB';" + statement)
    }
    try await postgres.run(
      statements.filter { !$0.hasPrefix("CREATE") }.joined(separator: "\n")
        + LargeClinicSQL.putBack)
    try await postgres.run(LargeClinicSQL.outbox)
  }

  /// The daemon carries the history and seals the journal, as it does every day.
  private func waitForCopies() async throws {
    while true {
      let left = try await setting.postgres.number(
        "SELECT (SELECT count(*) FROM outbox) + (\(Audit.behindQuery))")
      if left == 0 { return }
      Measure.tell("\(left) rows are still to be carried")
      try await Task.sleep(for: .seconds(5))
    }
  }

  private func inPairs<Item: Sendable>(
    _ items: [Item], _ work: @escaping @Sendable (Item, _ done: Int) async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, item) in items.enumerated() {
        if index >= 2 { try await group.next() }
        group.addTask { try await work(item, index + 1) }
      }
      try await group.waitForAll()
    }
  }
}
