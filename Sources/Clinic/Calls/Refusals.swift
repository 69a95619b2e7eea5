import JSONRPC
import StoreLoop
import Synchronization

/// Records refusals in the audit. Those of strangers are counted by address, method, reason and
/// minute, one entry each, so that a flood fills no disk; so are those of a kiosk or a board after
/// the first.
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
  private struct Count {
    let caller: Caller?
    /// The address, or the network where there were several.
    var source: String
    /// How many refusals are still to be recorded.
    var untold = 0
  }
  private let audit: AuditJournal
  private let floods = Mutex<[Flood: Count]>([:])
  private let limit: Int
  private static let others = "others"

  /// - Parameter limit: how many counts of strangers are kept at once. Past it those of other
  ///   addresses are counted together.
  init(audit: AuditJournal, limit: Int = 10_000) {
    self.audit = audit
    self.limit = limit
  }

  /// - Parameter subject: what the call was about; kept of callers who are known.
  func record(
    _ reason: Reason, of method: String, by caller: Caller?, on session: Session,
    subject: @autoclosure () -> Subject? = nil
  ) async throws(ClinicError) {
    let entry = AuditEntry(
      by: caller, from: session.source, method: method, subject: subject(),
      outcome: reason.rawValue)
    if caller?.role.isStaff == true { return try await audit.record(entry) }
    let flood = Flood(
      minute: Self.minute,
      origin: caller.map { .device($0.name) } ?? .address(session.network), reason: reason,
      method: method)
    guard isFirst(flood, of: caller, from: session) else { return }
    do {
      try await audit.record(entry)
    } catch {
      // It is told with those that follow.
      count(flood, of: caller, from: session)
      throw error
    }
  }

  /// Whether a refusal is to be recorded at once: the first one of a known caller. Any other is
  /// counted.
  private func isFirst(_ flood: Flood, of caller: Caller?, from session: Session) -> Bool {
    floods.withLock { floods in
      let isFirst = caller != nil && floods[flood] == nil
      add(
        Count(caller: caller, source: session.source, untold: isFirst ? 0 : 1),
        to: flood, network: session.network, in: &floods)
      return isFirst
    }
  }

  private func count(_ flood: Flood, of caller: Caller?, from session: Session) {
    floods.withLock { floods in
      add(
        Count(caller: caller, source: session.source, untold: 1),
        to: flood, network: session.network, in: &floods)
    }
  }

  /// - Parameter network: names the source when a flood has several.
  private func add(
    _ count: Count, to flood: Flood, network: String, in floods: inout [Flood: Count]
  ) {
    if var known = floods[flood] {
      known.untold += count.untold
      if known.source != count.source { known.source = network }
      floods[flood] = known
    } else if count.caller != nil || floods.count < limit {
      // Of devices and methods there are not so many.
      floods[flood] = count
    } else {
      let flood = Flood(
        minute: flood.minute, origin: .address(Self.others), reason: flood.reason,
        method: flood.method)
      floods[flood, default: Count(caller: nil, source: Self.others)].untold += count.untold
    }
  }

  private static var minute: Int64 { WallClock.microseconds() / 60_000_000 }

  /// Writes the counts of the minutes that are over.
  func run() async {
    while !Task.isCancelled {
      await flush(except: Self.minute)
      try? await Task.sleep(for: .seconds(1))
    }
  }

  /// Writes the counts of all minutes but this one. After the clock was set back, those of minutes
  /// that are to come again are written too.
  package func flush(except minute: Int64? = nil) async {
    let ended = floods.withLock { floods in
      let ended = floods.filter { $0.key.minute != minute }
      for flood in ended.keys { floods[flood] = nil }
      return ended.filter { $0.value.untold > 0 }
    }
    for (flood, count) in ended {
      let entry = AuditEntry(
        by: count.caller, from: count.source, method: flood.method, subject: nil,
        outcome: flood.reason.rawValue, details: #"{"count":\#(count.untold)}"#)
      do {
        try await audit.record(entry)
      } catch {
        // PostgreSQL is away: the next time.
        floods.withLock { floods in
          add(count, to: flood, network: count.source, in: &floods)
        }
      }
    }
  }
}
