import JSONRPC

@testable import Clinic

/// A hub without subscribers, which notes why subscriptions were to end.
struct SilentHub: NotificationHub {
  let reasons = LockedValue<[String]>([])
  let subscriptionsPerSession = 0

  func subscribe(
    _ session: Session, id: String, channel: String, method: String, overflow: OverflowPolicy
  ) -> Bool { false }
  func start(_ session: Session, id: String, from version: Int64) {}
  func unsubscribe(_ session: Session, id: String) -> Bool { false }
  func publish(_ publication: Publication, to channel: String) {}
  func end(subscriptionsOf session: Session, reason: String) {
    reasons.update { $0.append(reason) }
  }
  func endAll(kind: String) {}
  var channels: [String] { [] }
  var statistics: HubStatistics { HubStatistics() }
}
