/// What a client is doing, and what it has done since the start.
public struct PostgresStatistics: Sendable {
  /// Open connections of the pool, in all three lanes.
  public var connections = 0
  /// Transactions that have a connection.
  public var transactionsInUse = 0
  /// Transactions that wait for a connection.
  public var transactionsWaiting = 0
  /// Queries outside transactions that are on their way or wait.
  public var queriesInFlight = 0

  // Since the start.
  public var queries = 0
  public var transactions = 0
  public var connectionsLost = 0
  public var connectionsFailed = 0
}
