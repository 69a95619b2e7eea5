import Synchronization

/// A value that several tasks may read and write.
package final class LockedValue<Value: Sendable>: Sendable {
  private let stored: Mutex<Value>

  package init(_ value: Value) {
    stored = Mutex(value)
  }

  package var value: Value {
    get { stored.withLock { $0 } }
    set { stored.withLock { $0 = newValue } }
  }

  package func update(_ change: (inout Value) -> Void) {
    stored.withLock { change(&$0) }
  }
}
