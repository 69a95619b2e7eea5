/// Why a call to Redis gave no result.
///
/// Its description is safe in a log or a reply: no address, no key, no value.
public struct RedisError: Error, Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// The server cannot be reached, or the connection was lost: what was sent may have been done.
    case unavailable
    /// No answer in time: what was sent may have been done.
    case timedOut
    /// The server does not accept the user or the password.
    case notAuthenticated
    /// The server refused the call; its `code` says why.
    case server
    /// What the server sent is not Redis' protocol.
    case protocolViolation
    /// The address cannot be used.
    case invalidConfiguration
  }

  public let kind: Kind
  /// The first word of the server's message, such as `WRONGTYPE` or `OOM`.
  public let code: String?
  /// Why there is no connection, in the system's words: for the operator, not for callers.
  let reason: String?

  public init(_ kind: Kind, code: String? = nil) {
    self.init(kind, code: code, reason: nil)
  }

  init(_ kind: Kind, code: String? = nil, reason: String?) {
    self.kind = kind
    self.code = code
    self.reason = reason
  }

  /// What an error reply means. Only its first word is kept: the others may quote a key.
  init(reply: String) {
    let word = reply.prefix { $0.isASCII && ($0.isUppercase || $0.isNumber) }
    let code = word.isEmpty ? "ERR" : String(word.prefix(32))
    switch code {
    case "NOAUTH", "WRONGPASS": self.init(.notAuthenticated, code: code)
    // The server is there, but not for callers.
    case "LOADING", "MASTERDOWN": self.init(.unavailable, code: code)
    default: self.init(.server, code: code)
    }
  }
}

extension RedisError: CustomStringConvertible {
  public var description: String {
    let text =
      switch kind {
      case .unavailable: "redis: unavailable"
      case .timedOut: "redis: timed out"
      case .notAuthenticated: "redis: not authenticated"
      case .server: "redis: server error"
      case .protocolViolation: "redis: protocol violation"
      case .invalidConfiguration: "redis: invalid configuration"
      }
    return code.map { "\(text) \($0)" } ?? text
  }
}
