/// The methods of this department.
func visitMethods() throws -> [MethodEntry] {
  [
    try .command(CreateVisit.self),
    try .query(GetVisit.self),
    try .query(ListVisits.self),
    try .command(UpdateVisit.self),
    try .command(CompleteVisit.self),
    try .command(AddNote.self),
    try .query(ListNotes.self),
  ]
}
