import JSONRPC
import StoreLoop
import Synchronization

/// Tells the audit of refusals. Those of strangers are counted by address and minute, one entry
/// each, so that a flood fills no disk; so are those of a kiosk or a board after the first.
package final class Refusals: Sendable {
  private enum Origin: Hashable {
    case address(String)
    case device(String)
  }
  private struct Flood: Hashable {
    let minute: Int64
    let origin: Origin
    let reason: Reason
    let method: String
  }
  private let audit: AuditJournal
  private struct Count {
    let caller: Caller?
    let source: String
    var count = 0
  }
  /// How many are still to be told.
  private let floods = Mutex<[Flood: Count]>([:])
  /// Addresses that one minute tells apart.
  private static let limit = 10_000

  init(audit: AuditJournal) {
    self.audit = audit
  }

  /// - Parameter subject: what the call was about; kept of callers who are known.
  func record(
    _ reason: Reason, of method: String, by caller: Caller?, on session: Session,
    subject: @autoclosure () -> Subject? = nil
  ) async throws(ClinicError) {
    if let caller {
      return try await record(reason, of: method, by: caller, subject: subject())
    }
    floods.withLock { floods in
      let flood = Flood(
        minute: Self.minute, origin: .address(session.network), reason: reason, method: method)
      if floods.count < Self.limit || floods[flood] != nil {
        floods[flood, default: Count(caller: nil, source: session.network)].count += 1
      }
    }
  }

  private func record(
    _ reason: Reason, of method: String, by caller: Caller, subject: Subject?
  ) async throws(ClinicError) {
    if !caller.role.isStaff {
      let flood = Flood(
        minute: Self.minute, origin: .device(caller.name), reason: reason, method: method)
      let isFirst = floods.withLock { floods in
        // Of devices and methods there are not so many.
        guard floods[flood] != nil else {
          floods[flood] = Count(caller: caller, source: caller.source)
          return true
        }
        floods[flood]?.count += 1
        return false
      }
      guard isFirst else { return }
    }
    try await audit.record(
      AuditEntry(by: caller, method: method, subject: subject, outcome: reason.rawValue))
  }

  private static var minute: Int64 { WallClock.microseconds() / 60_000_000 }

  /// Writes the counts of the minutes that are over.
  func run() async {
    while !Task.isCancelled {
      await flush(before: Self.minute)
      try? await Task.sleep(for: .seconds(1))
    }
  }

  /// Writes what was counted in the minutes before one.
  package func flush(before minute: Int64) async {
    let ended = floods.withLock { floods in
      let ended = floods.filter { $0.key.minute < minute }
      for flood in ended.keys { floods[flood] = nil }
      return ended.filter { $0.value.count > 0 }
    }
    for (flood, count) in ended {
      let entry = AuditEntry(
        by: count.caller, from: count.source, method: flood.method, subject: nil,
        outcome: flood.reason.rawValue, details: #"{"count":\#(count.count)}"#)
      do {
        try await audit.record(entry)
      } catch {
        // PostgreSQL is away: the next time.
        floods.withLock { floods in
          floods[flood, default: Count(caller: count.caller, source: count.source)].count +=
            count.count
        }
      }
    }
  }
}
