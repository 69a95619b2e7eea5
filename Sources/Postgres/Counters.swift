import Synchronization

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
