import Synchronization

/// The memory of messages that are not complete, of all connections together.
final class InputBudget: Sendable {
  /// What one connection takes of it.
  struct Share {
    fileprivate var bytes = 0
  }

  /// A connection always finds that much.
  private static let small = 16_384
  private let taken = Atomic<Int>(0)

  /// Takes note of what a connection holds now.
  ///
  /// - Returns: whether it may go on.
  func settle(_ share: inout Share, at bytes: Int, limit: Int) -> Bool {
    let added = bytes - share.bytes
    guard added != 0 else { return true }
    share.bytes = bytes
    let sum = taken.wrappingAdd(added, ordering: .relaxed).newValue
    return added < 0 || bytes <= Self.small || sum <= limit
  }
}
