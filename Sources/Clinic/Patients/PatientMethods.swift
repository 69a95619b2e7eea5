/// The methods of this department.
func patientMethods() throws -> [MethodEntry] {
  [
    try .query(ListPatients.self),
    try .command(CreatePatient.self),
    try .query(GetPatient.self),
    try .command(UpdatePatient.self),
    try .command(DeletePatient.self),
  ]
}
