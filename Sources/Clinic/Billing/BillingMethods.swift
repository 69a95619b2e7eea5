/// The methods of this department.
func billingMethods() throws -> [MethodEntry] {
  []
}
