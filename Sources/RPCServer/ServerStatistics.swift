/// What a server does, for metrics and health reports.
public struct ServerStatistics: Sendable, Hashable {
  /// Connections now.
  public var connections = 0
  /// Connections refused since the start.
  public var connectionsRefused = 0
  /// Calls started since the start.
  public var calls = 0
  /// Calls whose tasks run now.
  public var callsInFlight = 0

  public init() {}
}
