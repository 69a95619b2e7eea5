/// An error as JSON-RPC has it. `data` always begins with `reason`, a stable word for programs;
/// `message` is for people.
public struct RPCError: Error, Sendable, Equatable {
  public var code: Int
  public var message: String
  public private(set) var data: Details

  /// - Parameters:
  ///   - reason: a stable snake_case word.
  ///   - message: a sentence for people, without patient data, SQL, paths or stacks.
  ///   - details: what else helps a program; follows `reason` in `data`.
  public init(code: Int, reason: String, message: String, details: Details = [:]) {
    self.code = code
    self.message = message
    data = ["reason": .string(reason)]
    for member in details.members where member.name != "reason" {
      data.append(member.name, member.value)
    }
  }

  public init(_ code: Code, reason: String, message: String, _ details: Details = [:]) {
    self.init(code: code.rawValue, reason: reason, message: message, details: details)
  }

  public var reason: String {
    if case .string(let reason)? = data["reason"] { reason } else { "" }
  }

  /// Adds a member to `data`.
  public mutating func append(_ name: String, _ value: Value) {
    data.append(name, value)
  }

  /// Writes the error object.
  public func write(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("code", code)
    writer.member("message", message)
    writer.key("data")
    data.write(into: &writer)
    writer.endObject()
  }
}

extension RPCError: CustomStringConvertible {
  public var description: String { "\(code) \(reason): \(message)" }
}

extension RPCError {
  /// The codes that are in use.
  public enum Code: Int, Sendable, CaseIterable {
    case parseError = -32700
    case invalidRequest = -32600
    case methodNotFound = -32601
    case invalidParams = -32602
    case internalError = -32603
    case notAuthenticated = -32001
    case notAllowed = -32002
    case notFound = -32003
    case conflict = -32004
    /// Limits and throttling.
    case tooMany = -32005
    /// A store is down, a deadline passed, the daemon is stopping. The call may be repeated.
    case notNow = -32006
    /// Well-formed, but a rule refuses it.
    case refused = -32007
  }
}
