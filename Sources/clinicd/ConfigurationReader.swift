import Clinic
import ClinicEnvironment
import Host
import JSONRPC
import NIOCore
import RPCServer

/// Takes values out of the environment, with their defaults, and collects what is wrong.
struct ConfigurationReader {
  private let values: [String: String]
  private(set) var problems: [String] = []
  private(set) var notes: [String] = []

  init(_ values: [String: String]) {
    self.values = values
  }

  /// Refuses unknown keys of ours: they are typing errors.
  mutating func refuseUnknown() {
    let known = ConfigurationKey.all.map(\.name)
    for name in values.keys.sorted() where name.hasPrefix("CLINIC_") && !known.contains(name) {
      problems.append("\(name): there is no such key\(Self.hint(name, known))")
    }
  }

  private static func hint(_ name: String, _ known: [String]) -> String {
    NearestName.nearest(to: name, among: known).map { "; is \($0) meant?" } ?? ""
  }

  mutating func fault(_ problem: String) { problems.append(problem) }

  /// Those of some keys that have a value.
  func given(_ names: [String]) -> [String] {
    names.filter { values[$0]?.isEmpty == false }
  }

  mutating func text(_ name: String) -> String {
    if let value = values[name], !value.isEmpty { return value }
    if let standard = ConfigurationKey.all.first(where: { $0.name == name })?.standard {
      return standard
    }
    problems.append("\(name): must be given")
    return ""
  }

  /// A store's URL. An invalid one is not quoted: it contains a password.
  mutating func url(
    _ name: String, like example: String, _ isUnderstood: (String) -> Bool
  ) -> String {
    let url = text(name)
    if url.isEmpty { return url }
    if StoreURL.isAmbiguous(url) {
      problems.append("\(name): \(StoreURL.advice)")
    } else if !isUnderstood(url) {
      problems.append("\(name): a URL such as \(example)")
    }
    return url
  }

  /// A zone's name. PostgreSQL would take `UTC+3` too, and mean three hours to the west.
  mutating func timeZone(_ name: String) -> String {
    let zone = text(name)
    let offset = zone.drop(while: \.isLetter)
    let isOffset = offset.first == "+" || offset.first == "-"
    if zone.first?.isLetter == false || isOffset && Int(offset).map({ $0 != 0 }) == true {
      problems.append("\(name): an IANA name, as Asia/Kolkata or Etc/GMT-3")
    }
    return zone
  }

  /// A path that fits into a socket's address.
  mutating func socketPath(_ name: String) -> String {
    let path = text(name)
    if path.utf8.count > 107 { problems.append("\(name): at most 107 bytes") }
    return path
  }

  /// A key: 32 bytes or more.
  mutating func secret(_ name: String) -> [UInt8] {
    let bytes = Array(text(name).utf8)
    if !bytes.isEmpty, bytes.count < 32 { problems.append("\(name): 32 bytes or more") }
    return bytes
  }

  mutating func number(_ name: String, _ range: ClosedRange<Int>) -> Int {
    let value = Int(text(name))
    guard let value, range.contains(value) else {
      problems.append("\(name): a number from \(range.lowerBound) to \(range.upperBound)")
      return range.lowerBound
    }
    return value
  }

  mutating func percent(_ name: String) -> Percent {
    if let percent = Percent(text(name)) { return percent }
    problems.append("\(name): a percentage from 0 to 100 with two decimals at most")
    return Percent(hundredths: 0)
  }

  mutating func octal(_ name: String) -> UInt32 {
    guard let value = UInt32(text(name), radix: 8), value <= 0o777 else {
      problems.append("\(name): permissions in octal, such as 0660")
      return 0
    }
    return value
  }

  mutating func flag(_ name: String) -> Bool {
    switch text(name).lowercased() {
    case "yes", "true", "1", "on": return true
    case "no", "false", "0", "off": return false
    default:
      problems.append("\(name): yes or no")
      return false
    }
  }

  mutating func choice<Value>(_ name: String, _ choices: [(String, Value)]) -> Value? {
    let value = text(name)
    if let choice = choices.first(where: { $0.0 == value }) { return choice.1 }
    problems.append("\(name): one of \(choices.map(\.0).joined(separator: ", "))")
    return nil
  }

  /// - Parameter portName: the key of the port on loopback, for when no address is given.
  mutating func address(
    _ name: String, orPort portName: String, allowsPlain: Bool
  ) -> (host: String, port: Int)? {
    let ownPort = number(portName, 0...65_535)
    guard let value = values[name], !value.isEmpty else { return ("127.0.0.1", ownPort) }
    if value == "none" { return nil }
    guard let colon = value.lastIndex(of: ":"),
      let port = Int(value[value.index(after: colon)...]), (0...65_535).contains(port)
    else {
      problems.append("\(name): host:port, or none")
      return nil
    }
    var host = String(value[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    if !Self.isLoopback(host), !allowsPlain {
      problems.append(
        "\(name): not loopback, and not encrypted: CLINIC_ALLOW_PLAIN_TCP=yes allows that")
    }
    return (host, port)
  }

  /// `https://clinic.example,http://10.0.0.5:8080`: scheme, host and perhaps a port, and nothing
  /// more.
  mutating func origins(_ name: String) -> Set<String> {
    let origins = list(name).map { $0.lowercased() }
    for origin in origins {
      let host = ["https://", "http://"].lazy.filter { origin.hasPrefix($0) }
        .map { origin.dropFirst($0.count) }.first
      guard let host, !host.isEmpty, !host.contains(where: { "/?#@*".contains($0) }) else {
        problems.append("\(name): a list of origins such as https://clinic.example")
        break
      }
    }
    return Set(origins)
  }

  /// `10.0.0.1,192.168.7.0/24`.
  mutating func proxies(_ name: String) -> TrustedProxies {
    if let proxies = TrustedProxies(list(name)) { return proxies }
    problems.append("\(name): a list of addresses and networks such as 10.0.0.0/8")
    return TrustedProxies()
  }

  /// The words between commas or spaces; no words for `none`.
  mutating func list(_ name: String) -> [String] {
    text(name).split { $0 == "," || $0 == " " }.filter { $0 != "none" }.map(String.init)
  }

  /// Whether a host is this machine. A host name does not count: it may be anybody's, even
  /// `127.0.0.1.example`.
  static func isLoopback(_ host: String) -> Bool {
    let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
    return isAddress && host.hasPrefix("127.") || host == "::1" || host == "localhost"
  }

  /// `root=ADMIN,1000=RECEPTION,@clinic-kiosk=KIOSK`. Names that the host does not know are left
  /// out: the same configuration serves hosts without a kiosk. A user's is noted.
  mutating func roles(_ name: String) -> ([UInt32: Role], [UInt32: Role]) {
    var users: [UInt32: Role] = [:]
    var groups: [UInt32: Role] = [:]
    for pair in list(name) {
      let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count == 2, let role = Role(rawValue: String(parts[1]).uppercased()) else {
        problems.append("\(name): a list of user=ROLE and @group=ROLE")
        continue
      }
      let who = String(parts[0])
      if who.hasPrefix("@") {
        let group = String(who.dropFirst())
        if let id = UInt32(group) ?? ProcessEnvironment.groupID(named: group) { groups[id] = role }
      } else if let id = UInt32(who) ?? ProcessEnvironment.userID(named: who) {
        users[id] = role
      } else {
        notes.append("\(name): this machine has no user \(who), who is given no role")
      }
    }
    return (users, groups)
  }
}
