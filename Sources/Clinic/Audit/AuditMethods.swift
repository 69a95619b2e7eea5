/// The methods of this department.
func auditMethods() throws -> [MethodEntry] {
  [try .query(VerifyAudit.self)]
}
