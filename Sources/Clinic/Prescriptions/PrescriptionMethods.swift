/// The methods of this department.
func prescriptionMethods() throws -> [MethodEntry] {
  []
}
