import NIOHTTP1

/// Whether a page may talk to this server, by the `Origin` that its browser sends.
enum OriginRule: Equatable {
  /// No browser, or a navigation.
  case none
  /// The server's own page.
  case same
  /// A page of the configuration's list.
  case listed(String)
  case refused

  /// - Parameter listed: other origins that are allowed.
  init(_ headers: HTTPHeaders, listed: Set<String>) {
    let origins = headers[canonicalForm: "origin"]
    guard let origin = origins.first ?? (headers.contains(name: "Origin") ? "" : nil) else {
      self = .none
      return
    }
    let name = origin.lowercased()
    let hosts = headers[canonicalForm: "host"]
    if origins.count > 1 {
      self = .refused
    } else if listed.contains(name) {
      self = .listed(String(origin))
    } else if hosts.count == 1, let host = hosts.first?.lowercased(), !host.isEmpty,
      name == "http://\(host)" || name == "https://\(host)"
    {
      // The scheme is not compared: in front of the server there may be a proxy that speaks TLS.
      self = .same
    } else {
      self = .refused
    }
  }

  /// What the reply tells the browser.
  func addHeaders(to headers: inout HTTPHeaders) {
    guard case .listed(let origin) = self else { return }
    headers.add(name: "Access-Control-Allow-Origin", value: origin)
    headers.add(name: "Access-Control-Expose-Headers", value: "WWW-Authenticate")
    headers.add(name: "Vary", value: "Origin")
  }

  /// Headers that the answer to a preflight has in addition.
  static let preflightHeaders: [(String, String)] = [
    ("Access-Control-Allow-Methods", "POST"),
    ("Access-Control-Allow-Headers", "authorization, content-type"),
    ("Access-Control-Max-Age", "600"),
  ]
}
