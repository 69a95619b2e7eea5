/// What a server needs to know to serve HTTP.
public struct WebConfiguration: Sendable {
  /// Origins, beside the server's own, whose pages may call: `https://clinic.example`.
  public var origins: Set<String> = []
  /// What is missing before calls can be answered, a line each; empty when nothing is.
  public var missing: @Sendable () -> [String] = { [] }

  /// A file below the pages' folder, by its path there; nil for one that is not there. Called on
  /// threads that may wait.
  public var page: @Sendable (String) -> [UInt8]? = { _ in nil }

  /// Adds the application's figures to the server's.
  public var metrics: @Sendable (inout MetricsText) -> Void = { _ in }

  /// Proxies that are believed when they say whom a request, or a connection, comes from.
  public var proxies = TrustedProxies()

  public init() {}
}
