/// The methods of this department.
func schedulingMethods() throws -> [MethodEntry] {
  [
    try .command(CreateSlots.self),
    try .command(BlockSlot.self),
    try .command(UnblockSlot.self),
    try .query(ListSlots.self),
    try .command(CreateAppointment.self),
    try .query(GetAppointment.self),
    try .query(ListAppointments.self),
    try .command(UpdateAppointment.self),
    try .command(CancelAppointment.self),
    try .command(MarkNoShow.self),
  ]
}
