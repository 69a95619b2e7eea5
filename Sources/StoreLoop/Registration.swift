/// A descriptor that a loop watches. Used on the loop only. The descriptor still belongs to its
/// owner: cancel before closing it.
public final class Registration: @unchecked Sendable {
  let descriptor: Int32
  /// nil once it is cancelled.
  private(set) var handler: (@Sendable (Readiness) -> Void)?
  private(set) var interest: Interest
  private unowned let loop: StoreLoop
  /// Where it stands in the loop's table; nil once it is cancelled.
  var slot: Int?

  init(
    descriptor: Int32, interest: Interest, loop: StoreLoop, slot: Int,
    handler: @escaping @Sendable (Readiness) -> Void
  ) {
    self.descriptor = descriptor
    self.interest = interest
    self.loop = loop
    self.slot = slot
    self.handler = handler
  }

  /// Changes what is waited for.
  public func update(interest: Interest) {
    guard interest != self.interest else { return }
    self.interest = interest
    loop.interestChanged(of: self)
  }

  /// Stops watching; the handler is not called again.
  public func cancel() {
    loop.forget(self)
    handler = nil
  }
}
