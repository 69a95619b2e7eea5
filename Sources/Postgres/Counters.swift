import Synchronization

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

/// The statistics, written on the loop and read from anywhere.
final class Counters: Sendable {
  let connections = Atomic(0)
  let transactionsInUse = Atomic(0)
  let transactionsWaiting = Atomic(0)
  let queriesInFlight = Atomic(0)
  let queries = Atomic(0)
  let transactions = Atomic(0)
  let connectionsLost = Atomic(0)
  let connectionsFailed = Atomic(0)

  var statistics: PostgresStatistics {
    PostgresStatistics(
      connections: connections.load(ordering: .relaxed),
      transactionsInUse: transactionsInUse.load(ordering: .relaxed),
      transactionsWaiting: transactionsWaiting.load(ordering: .relaxed),
      queriesInFlight: queriesInFlight.load(ordering: .relaxed),
      queries: queries.load(ordering: .relaxed),
      transactions: transactions.load(ordering: .relaxed),
      connectionsLost: connectionsLost.load(ordering: .relaxed),
      connectionsFailed: connectionsFailed.load(ordering: .relaxed))
  }
}

extension Atomic where Value == Int {
  func add(_ count: Int) {
    wrappingAdd(count, ordering: .relaxed)
  }
}
