/// The methods of this department.
func queueMethods() throws -> [MethodEntry] {
  [
    try .queue(WalkIn.self),
    try .queue(CheckIn.self),
    try .query(QueueToday.self),
    try .queue(CallNext.self),
    try .queue(SetStatus.self),
    try .queue(UndoToken.self),
    try .queue(RecallToken.self),
    try .queue(TransferToken.self),
    try .queue(SetPriority.self),
    try .query(QueueSummary.self),
    try .session(SubscribeQueue.self),
    try .session(UnsubscribeQueue.self),
  ]
}
