import JSONRPC
import Postgres

/// A change of a batch's quantity: the only way to change it (rule 36).
package struct StockMovement: Sendable {
  package enum Kind: String, Codable, CaseIterable, Sendable, PostgresEncodable,
    JSONSchemaRepresentable
  {
    case received = "RECEIVED"
    case dispensed = "DISPENSED"
    case returned = "RETURNED"
    case adjusted = "ADJUSTED"
    case stocktake = "STOCKTAKE"
    case discarded = "DISCARDED"
  }

  let batch: ID<Batch>
  let kind: Kind
  /// How much came, or, below zero, went; never 0.
  let quantity: Int

  /// Records movements, in their order. The trigger changes the batches and fills in their
  /// quantities afterwards.
  static func insert(
    _ movements: [StockMovement], reason: Note?, dispensing: ID<Dispensing>? = nil,
    by caller: Caller
  ) -> SQL {
    """
    INSERT INTO stock_movements (medicine_id, batch_id, movement_type, quantity, balance, reason, \
    dispensing_id, user_id, user_name) SELECT b.medicine_id, b.id, t.kind, t.quantity, 0, \
    \(reason), \(dispensing), \(caller.userID), \(caller.name) \
    FROM unnest(\(movements.map(\.batch)), \(movements.map(\.kind)), \
    \(movements.map(\.quantity))) WITH ORDINALITY AS t (batch, kind, quantity, place) \
    JOIN medicine_batches b ON b.id = t.batch ORDER BY t.place
    """
  }
}
