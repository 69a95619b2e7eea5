import Synchronization

/// What several tasks of a test note together.
package final class Tally<Value: Sendable>: Sendable {
  private let stored: Mutex<Value>

  package init(_ value: Value) {
    stored = Mutex(value)
  }

  package var value: Value { stored.withLock { $0 } }

  package func update(_ change: @Sendable (inout Value) -> Void) {
    stored.withLock { change(&$0) }
  }
}
