import Synchronization

/// What several tasks of a test note together.
final class Tally<Value: Sendable>: Sendable {
  private let stored: Mutex<Value>

  init(_ value: Value) {
    stored = Mutex(value)
  }

  var value: Value { stored.withLock { $0 } }

  func update(_ change: @Sendable (inout Value) -> Void) {
    stored.withLock { change(&$0) }
  }
}
