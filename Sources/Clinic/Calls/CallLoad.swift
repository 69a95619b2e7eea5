import Synchronization

/// How many calls are being answered, so that work which can wait gives way to them.
package final class CallLoad: Sendable {
  /// The daemon counts as busy while it answers more calls than this at once.
  private static let many = 8

  private let count = Atomic<Int>(0)
  private let begunWhileHigh = Atomic<Int>(0)

  package init() {}

  package var isHigh: Bool { count.load(ordering: .relaxed) > Self.many }

  /// How many calls began while load was high. Calls come in waves, so a periodic observer compares
  /// this to see peaks it missed.
  var highs: Int { begunWhileHigh.load(ordering: .relaxed) }

  /// Counts a call for as long as it is answered.
  func counting<Value>(_ answer: () async throws -> Value) async rethrows -> Value {
    if count.add(1, ordering: .relaxed).newValue > Self.many {
      begunWhileHigh.add(1, ordering: .relaxed)
    }
    defer { count.subtract(1, ordering: .relaxed) }
    return try await answer()
  }
}
