/// The methods of this department.
func reportMethods() throws -> [MethodEntry] {
  [
    try .query(AuditLogs.self),
    try .query(ListVisitHistory.self),
    try .query(ListStockMovements.self),
    try .query(GetDailySummary.self),
    try .query(PrintDailySummary.self),
    try .command(RollUp.self),
  ]
}
