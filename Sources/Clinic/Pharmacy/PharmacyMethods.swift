/// The methods of this department.
func pharmacyMethods() throws -> [MethodEntry] {
  [
    try .query(ListMedicines.self),
    try .command(AddMedicine.self),
    try .query(GetMedicine.self),
    try .command(UpdateMedicine.self),
    try .query(LowStock.self),
    try .query(ExpiringBatches.self),
    try .query(ListBatches.self),
    try .command(AddBatch.self),
    try .command(UpdateBatch.self),
    try .command(HoldBatch.self),
    try .command(ReleaseBatch.self),
    try .command(Stocktake.self),
    try .command(CreateDispensing.self),
    try .query(GetDispensing.self),
    try .query(ListDispensings.self),
    try .command(ReturnDispensed.self),
  ]
}
