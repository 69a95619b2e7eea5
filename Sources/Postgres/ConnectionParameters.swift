import CLibpq

/// The parameters of a connection, as libpq wants them.
struct ConnectionParameters: Sendable {
  private(set) var pairs: [(keyword: String, value: String)]

  /// Reads a `postgres://…` URL, also with a driver's name (`postgresql+asyncpg://…`), or libpq's
  /// `keyword=value` form, and adds what every session gets. What the URL sets wins.
  ///
  /// - Throws: ``PostgresError/Kind/unavailable`` when libpq does not understand the text.
  init(
    url: String, applicationName: String, sessionSettings: [(String, String)]
  ) throws(PostgresError) {
    pairs = try Self.parse(Self.withoutDriver(url))
    add("application_name", applicationName)
    add("client_encoding", "UTF8")
    // A network that swallows what is sent closes nothing.
    add("keepalives_idle", "15")
    add("keepalives_interval", "5")
    add("keepalives_count", "3")
    add("tcp_user_timeout", "10000")
    let own = sessionSettings.map { "-c \($0.0)=\(Self.escaped($0.1))" }.joined(separator: " ")
    if let index = pairs.firstIndex(where: { $0.keyword == "options" }) {
      pairs[index].value = own + " " + pairs[index].value
    } else {
      add("options", own)
    }
  }

  private mutating func add(_ keyword: String, _ value: String) {
    guard !value.isEmpty, !pairs.contains(where: { $0.keyword == keyword }) else { return }
    pairs.append((keyword, value))
  }

  private static func withoutDriver(_ url: String) -> String {
    guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://"),
      let plus = url[..<colon].firstIndex(of: "+")
    else { return url }
    return String(url[..<plus] + url[colon...])
  }

  /// Spaces end an option for the server.
  private static func escaped(_ value: String) -> String {
    value.reduce(into: "") { text, character in
      if character == " " || character == "\\" { text.append("\\") }
      text.append(character)
    }
  }

  private static func parse(_ text: String) throws(PostgresError) -> [(String, String)] {
    guard let options = unsafe PQconninfoParse(text, nil) else {
      throw PostgresError(
        .unavailable, PostgresError.Details(message: "the database URL cannot be read"))
    }
    defer { unsafe PQconninfoFree(options) }
    var pairs: [(String, String)] = []
    var option = unsafe options
    while let keyword = unsafe option.pointee.keyword {
      if let value = unsafe option.pointee.val {
        unsafe pairs.append((String(cString: keyword), String(cString: value)))
      }
      unsafe option += 1
    }
    return pairs
  }
}
