/// The methods of this department.
func pharmacyMethods() throws -> [MethodEntry] {
  []
}
