import Postgres

/// Writes the audit of reads and refusals. Entries of calls that wait together share one commit.
package final class AuditJournal: Sendable {
  private typealias Waiting = (entry: AuditEntry, done: CheckedContinuation<Bool, Never>)

  private let postgres: PostgresClient
  private let refusals: PostgresRefusalLog
  private let waiting = BatchingQueue<Waiting>()

  init(postgres: PostgresClient, refusals: PostgresRefusalLog) {
    self.postgres = postgres
    self.refusals = refusals
  }

  /// Returns when the entry is durable; throws `store_unavailable` when it could not be written.
  package func record(_ entry: AuditEntry) async throws(ClinicError) {
    let isWritten = await withCheckedContinuation { done in
      if !waiting.add((entry, done)) { done.resume(returning: false) }
    }
    if !isWritten { throw ClinicError(.storeUnavailable) }
  }

  func run() async {
    while !Task.isCancelled {
      let batch = await waiting.take(500)
      guard !batch.isEmpty else { break }
      let isWritten = await write(batch.map(\.entry))
      for (_, done) in batch { done.resume(returning: isWritten) }
    }
    for (_, done) in waiting.close() { done.resume(returning: false) }
  }

  private func write(_ entries: [AuditEntry]) async -> Bool {
    do {
      try await postgres.loop.limited(to: .seconds(4)) {
        _ = try await self.postgres.query(AuditEntry.insert(entries))
      }
      return true
    } catch {
      if let error = error as? PostgresError { refusals.tell(error, of: entries.count) }
      return false
    }
  }
}
