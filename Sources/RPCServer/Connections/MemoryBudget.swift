import Synchronization

/// Memory for one purpose, shared by all connections.
final class MemoryBudget: Sendable {
  /// What one connection takes of it.
  struct Share {
    fileprivate var bytes = 0
  }

  /// What every connection may hold even when the budget is spent.
  private let free: Int
  private let taken = Atomic<Int>(0)

  init(free: Int) {
    self.free = free
  }

  /// Takes note of what a connection holds now.
  ///
  /// - Returns: whether it may go on.
  func settle(_ share: inout Share, at bytes: Int, limit: Int) -> Bool {
    let added = bytes - share.bytes
    guard added != 0 else { return true }
    share.bytes = bytes
    let sum = taken.wrappingAdd(added, ordering: .relaxed).newValue
    return added < 0 || bytes <= free || sum <= limit
  }
}
