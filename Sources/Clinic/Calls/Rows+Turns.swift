import Postgres

extension Rows {
  /// Maps each row to a value. Others that wait for the loop have their turn in between: many rows
  /// would hold up every call for some hundredths of a second.
  func mapInTurns<Value>(_ body: (Row) throws -> Value) async throws -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(count)
    for row in self {
      values.append(try body(row))
      if values.count % 64 == 0 { await Task.yield() }
    }
    return values
  }
}
