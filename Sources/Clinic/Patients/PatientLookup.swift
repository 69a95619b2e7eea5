import Postgres

/// Looks patients up. Calls that wait together are answered by one statement, which also writes
/// their audit entries; when a call gets its answer, its entry is durable.
package final class PatientLookup: Sendable {
  private typealias Answer = Result<Patient?, any Error>
  private typealias Waiting = (entry: AuditEntry, done: CheckedContinuation<Answer, Never>)

  /// How many statements may run at once: while PostgreSQL runs one, the next is prepared.
  private static let width = 2
  /// How many calls may share a statement.
  private static let depth = 128

  private let postgres: PostgresClient
  private let waiting = BatchingQueue<Waiting>()

  init(postgres: PostgresClient) {
    self.postgres = postgres
  }

  /// Gives the patient that `entry` names; nil when there is none, which the audit has as
  /// `not_found`.
  func patient(of entry: AuditEntry) async throws -> Patient? {
    try await withCheckedContinuation { done in
      if !waiting.add((entry, done)) { done.resume(returning: .failure(ClinicError(.stopping))) }
    }.get()
  }

  func run() async {
    await withTaskGroup { group in
      for _ in 0..<Self.width {
        group.addTask {
          while !Task.isCancelled { await self.answer(await self.waiting.take(Self.depth)) }
        }
      }
    }
    for (_, done) in waiting.close() { done.resume(returning: .failure(ClinicError(.stopping))) }
  }

  private func answer(_ calls: [Waiting]) async {
    guard !calls.isEmpty else { return }
    var answers = [Answer](repeating: .success(nil), count: calls.count)
    do {
      let rows = try await postgres.loop.limited(to: .seconds(4)) {
        try await self.postgres.query(Self.statement(calls.map(\.entry)), keepingPlan: true)
      }
      for row in rows {
        var cells = row.cells
        let number: Int = try cells.next()
        answers[number - 1] = Answer { try Patient(cells: &cells) }
      }
    } catch {
      answers = [Answer](repeating: .failure(error), count: calls.count)
    }
    for (call, answer) in zip(calls, answers) { call.done.resume(returning: answer) }
  }

  private static func statement(_ entries: [AuditEntry]) -> SQL {
    """
    WITH asked AS MATERIALIZED (SELECT e.*, coalesce(o.merged_into, o.id) AS patient \
    FROM \(sql: AuditEntry.rows(entries)) WITH ORDINALITY AS e(\(sql: AuditEntry.columns), number) \
    LEFT JOIN patients o ON o.id = e.resource_id::bigint), \
    written AS (INSERT INTO audit_entries (\(sql: AuditEntry.columns)) \
    SELECT user_id, user_name, role, source, method, resource_type, resource_id, \
    CASE WHEN patient IS NULL THEN \(Reason.notFound.rawValue) ELSE outcome END, request_id, \
    details FROM asked) \
    SELECT a.number, \(sql: Patient.columns(of: "p")) FROM asked a JOIN patients p ON p.id = a.patient
    """
  }
}
