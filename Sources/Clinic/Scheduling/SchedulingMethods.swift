/// The methods of this department.
func schedulingMethods() throws -> [MethodEntry] {
  []
}
