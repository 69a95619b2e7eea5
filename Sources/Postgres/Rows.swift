/// What a statement returned: its rows in order. Values are copied out when they are decoded.
public struct Rows: RandomAccessCollection, Sendable {
  let handle: ResultHandle
  public let endIndex: Int

  init(_ handle: ResultHandle) {
    self.handle = handle
    endIndex = handle.rowCount
  }

  public var startIndex: Int { 0 }

  public subscript(position: Int) -> Row {
    precondition(indices.contains(position), "There is no such row.")
    return Row(handle: handle, index: position)
  }

  /// How many rows the statement inserted, changed, deleted or returned.
  public var affected: Int { handle.affected }

  /// All rows as values of a type.
  public func decode<Value: RowDecodable>(
    as type: Value.Type = Value.self
  ) throws(PostgresError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(count)
    for row in self {
      values.append(try row.decode())
    }
    return values
  }

  /// The first cell of each row.
  public func column<Value: PostgresDecodable>(
    as type: Value.Type = Value.self
  ) throws(PostgresError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(count)
    for row in self {
      var cells = row.cells
      values.append(try cells.next())
    }
    return values
  }
}

/// One row of a result.
public struct Row: Sendable {
  let handle: ResultHandle
  let index: Int

  /// The row's cells, from the first.
  public var cells: Cells { Cells(handle: handle, row: index) }

  public func decode<Value: RowDecodable>(
    as type: Value.Type = Value.self
  ) throws(PostgresError) -> Value {
    var cells = cells
    return try Value(cells: &cells)
  }
}

/// A type that reads itself from a row.
public protocol RowDecodable {
  init(cells: inout Cells) throws(PostgresError)
}
