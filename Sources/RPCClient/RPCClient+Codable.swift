import JSONRPC

// Properties are written in snake_case on the wire, and members of a result that the type does
// not know are ignored: a newer server may add some.
extension RPCConnection {
  /// Calls a method with the properties of `params`.
  public func call<Result: Decodable>(
    _ method: String, params: some Encodable, returning: Result.Type = Result.self,
    timeout: Duration? = nil
  ) async throws -> Result {
    try RPCClient.decode(
      await call(method, rawParams: JSONValueEncoder().encode(params), timeout: timeout))
  }

  /// Calls a method without params.
  public func call<Result: Decodable>(
    _ method: String, returning: Result.Type = Result.self, timeout: Duration? = nil
  ) async throws -> Result {
    try RPCClient.decode(await call(method, rawParams: nil, timeout: timeout))
  }
}

extension RPCClient {
  /// Calls a method with the properties of `params`.
  public func call<Result: Decodable>(
    _ method: String, params: some Encodable, returning: Result.Type = Result.self,
    timeout: Duration? = nil
  ) async throws -> Result {
    try await connection().call(method, params: params, timeout: timeout)
  }

  /// Calls a method without params.
  public func call<Result: Decodable>(
    _ method: String, returning: Result.Type = Result.self, timeout: Duration? = nil
  ) async throws -> Result {
    try await connection().call(method, timeout: timeout)
  }

  static func decode<Result: Decodable>(_ value: JSONValue) throws -> Result {
    do {
      return try JSONValueDecoder(unknownMembers: .ignore).decode(Result.self, from: value)
    } catch {
      throw RPCClientError.protocolViolation("\(error)")
    }
  }
}
