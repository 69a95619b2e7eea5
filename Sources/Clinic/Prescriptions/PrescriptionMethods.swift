/// The methods of this department.
func prescriptionMethods() throws -> [MethodEntry] {
  [
    try .command(CreatePrescription.self),
    try .query(GetPrescription.self),
    try .query(ListPrescriptions.self),
    try .command(CancelPrescription.self),
    try .query(PrintPrescription.self),
  ]
}
