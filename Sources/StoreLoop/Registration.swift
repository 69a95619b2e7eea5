/// A descriptor that a loop watches. Used on the loop only. The descriptor still belongs to its
/// owner: cancel before closing it.
public final class Registration: @unchecked Sendable {
  let descriptor: Int32
  /// nil once it is cancelled.
  private(set) var handler: (@Sendable (Readiness) -> Void)?
  private(set) var interest: Interest
  private unowned let poller: Poller
  /// The poller's name for it; nil once it is cancelled.
  var number: UInt64?

  init(
    descriptor: Int32, interest: Interest, poller: Poller,
    handler: @escaping @Sendable (Readiness) -> Void
  ) {
    self.descriptor = descriptor
    self.interest = interest
    self.poller = poller
    self.handler = handler
  }

  /// Changes what is waited for.
  public func update(interest: Interest) {
    guard interest != self.interest else { return }
    self.interest = interest
    poller.update(self)
  }

  /// Stops watching; the handler is not called again.
  public func cancel() {
    poller.remove(self)
    handler = nil
  }
}
