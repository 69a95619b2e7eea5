import JSONRPC
import StoreLoop
import Synchronization

/// Tells the audit of refusals. Those of strangers are counted by address and minute, one entry
/// each, so that a flood fills no disk.
package final class Refusals: Sendable {
  private struct Flood: Hashable {
    let minute: Int64
    let source: String
    let reason: Reason
    let method: String
  }
  private let audit: AuditJournal
  private let strangers = Mutex<[Flood: Int]>([:])
  /// Addresses that one minute tells apart.
  private static let limit = 10_000

  init(audit: AuditJournal) {
    self.audit = audit
  }

  func record(
    _ reason: Reason, of method: String, by caller: Caller?, on session: Session
  ) async throws(ClinicError) {
    if let caller {
      try await audit.record(
        AuditEntry(by: caller, method: method, subject: nil, outcome: reason.rawValue))
    } else {
      let flood = Flood(
        minute: WallClock.microseconds() / 60_000_000, source: session.source, reason: reason,
        method: method)
      strangers.withLock { counts in
        if counts.count < Self.limit || counts[flood] != nil { counts[flood, default: 0] += 1 }
      }
    }
  }

  /// Writes the counts of the minutes that are over.
  func run() async {
    while !Task.isCancelled {
      await flush(before: WallClock.microseconds() / 60_000_000)
      try? await Task.sleep(for: .seconds(1))
    }
  }

  /// Writes what was counted in the minutes before one.
  package func flush(before minute: Int64) async {
    let ended = strangers.withLock { counts in
      let ended = counts.filter { $0.key.minute < minute }
      for flood in ended.keys { counts[flood] = nil }
      return ended
    }
    for (flood, count) in ended {
      let entry = AuditEntry(
        by: nil, from: flood.source, method: flood.method, subject: nil,
        outcome: flood.reason.rawValue, details: #"{"count":\#(count)}"#)
      do {
        try await audit.record(entry)
      } catch {
        // PostgreSQL is away: the next time.
        strangers.withLock { $0[flood, default: 0] += count }
      }
    }
  }
}
