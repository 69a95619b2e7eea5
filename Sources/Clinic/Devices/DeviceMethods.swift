/// The methods of this department.
func deviceMethods() throws -> [MethodEntry] {
  [
    try .session(RequestPairing.self),
    try .session(ClaimDevice.self),
    try .command(ApproveDevice.self),
    try .command(RevokeDevice.self),
    try .query(ListDevices.self),
    try .command(IdentifyVisitor.self),
  ]
}
