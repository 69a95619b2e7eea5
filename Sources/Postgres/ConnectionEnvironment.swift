import CLibpq

extension PostgresClient {
  /// The environment in which PostgreSQL's own programs connect to a database, so that its password
  /// stands on no command line.
  ///
  /// - Throws: ``PostgresError/Kind/unavailable`` when libpq does not understand the text.
  public static func environment(of url: String) throws(PostgresError) -> [String: String] {
    let parameters = try ConnectionParameters(
      url: url, applicationName: "", sessionSettings: [])
    guard let defaults = unsafe PQconndefaults() else { throw .unavailable }
    defer { unsafe PQconninfoFree(defaults) }
    var environment: [String: String] = [:]
    var option = unsafe defaults
    while let keyword = unsafe option.pointee.keyword {
      let name = unsafe String(cString: keyword)
      if let variable = unsafe option.pointee.envvar,
        let value = parameters.pairs.first(where: { $0.keyword == name })?.value
      {
        unsafe environment[String(cString: variable)] = value
      }
      unsafe option += 1
    }
    return environment
  }
}
