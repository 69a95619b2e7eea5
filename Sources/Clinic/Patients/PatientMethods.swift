/// The methods of this department.
func patientMethods() throws -> [MethodEntry] {
  [
    try .query(ListPatients.self),
    try .command(CreatePatient.self),
    try .query(GetPatient.self),
    try .command(UpdatePatient.self),
    try .command(DeletePatient.self),
    try .query(PatientHistory.self),
    try .command(MergePatients.self),
    try .command(UnmergePatient.self),
  ]
}
