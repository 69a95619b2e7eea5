/// The methods of this department.
func billingMethods() throws -> [MethodEntry] {
  [
    try .command(CreateInvoice.self),
    try .query(GetInvoice.self),
    try .query(ListInvoices.self),
    try .command(UpdateInvoice.self),
    try .command(IssueInvoice.self),
    try .command(PayInvoice.self),
    try .command(CancelInvoice.self),
    try .command(RefundInvoice.self),
    try .query(PrintReceipt.self),
  ]
}
