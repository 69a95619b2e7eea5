/// Where a server is and who calls: what an address such as `redis://:password@host:6379/0` says.
struct RedisAddress: Sendable {
  enum Place: Sendable, Hashable {
    case unix(path: String)
    case tcp(host: String, port: UInt16)
  }

  var place: Place
  var user: String?
  var password: String?
  var database = 0

  /// Takes `redis://[[user]:password@]host[:port][/database]` and
  /// `unix://[[user]:password@]/path[?db=database]`, for which `redis+unix` and `redis-socket` are
  /// other names. Percent-encoded characters are decoded.
  init(_ url: String) throws(RedisError) {
    guard let scheme = url.firstRange(of: "://") else { throw Self.invalid }
    var rest = url[scheme.upperBound...]
    var query: [String: String] = [:]
    if let mark = rest.firstIndex(of: "?") {
      query = try Self.query(rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    let isSocket: Bool
    switch url[..<scheme.lowerBound].lowercased() {
    case "redis": isSocket = false
    case "unix", "redis+unix", "redis-socket": isSocket = true
    default: throw Self.invalid
    }
    // Where the path begins a password has ended; in a password a slash is percent-encoded.
    let authority = rest.prefix { $0 != "/" }
    if let at = authority.lastIndex(of: "@") {
      let login = authority[..<at].split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard login.count == 2 else { throw Self.invalid }
      user = login[0].isEmpty ? nil : try Self.decoded(login[0])
      password = login[1].isEmpty ? nil : try Self.decoded(login[1])
      rest = rest[rest.index(after: at)...]
    }
    if isSocket {
      place = .unix(path: try Self.decoded(rest))
      guard rest.first == "/" else { throw Self.invalid }
    } else {
      let path = rest.drop { $0 != "/" }.dropFirst()
      place = try Self.tcp(rest.prefix { $0 != "/" })
      if !path.isEmpty { database = try Self.number(path) }
    }
    for (name, value) in query {
      guard name == "db" || name == "database" else { throw Self.invalid }
      database = try Self.number(value)
    }
  }

  private static let invalid = RedisError(.invalidConfiguration)

  private static func tcp(_ text: Substring) throws(RedisError) -> Place {
    var host = text
    var port: UInt16 = 6379
    let afterBrackets = text.lastIndex(of: "]") ?? text.startIndex
    if let colon = text[afterBrackets...].lastIndex(of: ":") {
      guard let number = UInt16(text[text.index(after: colon)...]), number > 0 else {
        throw invalid
      }
      port = number
      host = text[..<colon]
    }
    if host.first == "[", host.last == "]" { host = host.dropFirst().dropLast() }
    let name = try decoded(host)
    guard !name.isEmpty else { throw invalid }
    return .tcp(host: name, port: port)
  }

  private static func query(_ text: Substring) throws(RedisError) -> [String: String] {
    var members: [String: String] = [:]
    for member in text.split(separator: "&") {
      let parts = member.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { throw invalid }
      members[String(parts[0])] = try decoded(parts[1])
    }
    return members
  }

  private static func number(_ text: some StringProtocol) throws(RedisError) -> Int {
    guard let number = Int(text), (0..<1 << 16).contains(number) else { throw invalid }
    return number
  }

  private static func decoded(_ text: Substring) throws(RedisError) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      rest = rest.dropFirst(2)
      let text = Substring(digits)
      guard digits.count == 2, text.allSatisfy(\.isHexDigit), let value = UInt8(text, radix: 16)
      else { throw invalid }
      bytes.append(value)
    }
    guard let result = String(validating: bytes, as: UTF8.self), !result.contains("\0") else {
      throw invalid
    }
    return result
  }
}
