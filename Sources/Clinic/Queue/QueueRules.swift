/// The configured rules of the queue.
package struct QueueRules: Sendable, Equatable {
  /// How many times at most a waiting patient is passed over (rule 21).
  package var passOverLimit: Int
  /// How many calls a recalled token lets pass; 0 makes it first (rule 20).
  package var recallAfter: Int
  /// Whether a patient with an appointment stands in line by the slot and not by arrival (rule 26).
  package var ordersBySlot: Bool

  package init(passOverLimit: Int = 3, recallAfter: Int = 0, ordersBySlot: Bool = false) {
    self.passOverLimit = passOverLimit
    self.recallAfter = recallAfter
    self.ordersBySlot = ordersBySlot
  }
}
