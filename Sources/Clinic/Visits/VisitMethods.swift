/// The methods of this department.
func visitMethods() throws -> [MethodEntry] {
  []
}
