/// The methods of this department. `rpc.discover` is made from the whole table.
func systemMethods() throws -> [MethodEntry] {
  [
    try .query(Ping.self),
    try .query(Version.self),
    try .query(Health.self),
    try .query(Stats.self),
    try .query(Rebuild.self),
    try .query(Reconcile.self),
    try .query(Discover.self),
    try .ofServer(CancelCall.self),
  ]
}
