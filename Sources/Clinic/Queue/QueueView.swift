/// How a viewer sees the queue.
package enum QueueView: String, Sendable, CaseIterable {
  case staff, board

  package init(for role: Role) {
    self = role.isStaff ? .staff : .board
  }
}
