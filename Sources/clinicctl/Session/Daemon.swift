import JSONRPC
import RPCClient
import Terminal

/// The daemon that a command talks to.
struct Daemon: Sendable {
  enum Authentication {
    case required, ifPossible, none
  }

  let client: RPCClient
  let endpoint: Endpoint

  /// Connects, as the user of the kept login.
  ///
  /// - Parameter callTimeout: how long an answer may take when the options do not say.
  /// - Throws: ``Failure``.
  init(
    _ options: GlobalOptions, authentication: Authentication = .required,
    callTimeout: Duration? = nil
  ) async throws {
    endpoint = options.endpoint
    let timeout = options.timeout.map { Duration.seconds($0) } ?? callTimeout
    var configuration = RPCClient.Configuration()
    // The daemon has a limit for every method; the keepalive finds out when it is gone.
    configuration.options.callTimeout = timeout
    configuration.options.tls.authorities = options.ca
    // Somebody is looking.
    configuration.backoff.longest = .seconds(2)
    let authenticator =
      authentication == .none
      ? nil : Authenticator(endpoint: endpoint, isRequired: authentication == .required)
    configuration.prepare = { [endpoint] connection in
      try await Self.meet(connection, at: endpoint)
      try await authenticator?(connection)
    }
    do {
      client = try await RPCClient.connect(to: endpoint, configuration: configuration)
    } catch {
      throw Failure(error)
    }
  }

  /// Waits until the daemon has answered, before anything else is asked of it: systemd's sockets
  /// take connections for a daemon that does not come up, too.
  ///
  /// - Throws: ``RPCClientError/unreachable(_:reason:)`` when the connection ends before that.
  private static func meet(_ connection: RPCConnection, at endpoint: Endpoint) async throws {
    do {
      _ = try await connection.call("system.ping", rawParams: nil)
    } catch RPCClientError.connectionLost {
      throw RPCClientError.unreachable(
        endpoint,
        reason: "the connection ended before any answer came; does it start? "
          + "systemctl status clinicd")
    }
  }

  /// Calls a method with params that are JSON already.
  ///
  /// - Throws: ``Failure``.
  func call(_ method: String, json params: [UInt8]? = nil) async throws -> JSONValue {
    try await reporting { try await client.call(method, rawParams: params) }
  }

  /// - Throws: ``Failure``.
  func call<Result: Decodable>(
    _ method: String, _ params: some Encodable, returning: Result.Type = Result.self
  ) async throws -> Result {
    try await reporting { try await client.call(method, params: params) }
  }

  /// - Throws: ``Failure``.
  func call(_ method: String, _ params: some Encodable) async throws -> JSONValue {
    try await call(method, json: try JSONValueEncoder().encode(params))
  }

  /// Runs calls of the client, and makes a ``Failure`` of what they throw.
  func reporting<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch let closed as Terminal.Closed {
      throw closed
    } catch {
      throw Failure(error)
    }
  }
}
