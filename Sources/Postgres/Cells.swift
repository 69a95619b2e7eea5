/// Reads the cells of a row in order; each cell's type is what the caller wants it to be.
///
///     var cells = row.cells
///     let id: Int64 = try cells.next()
///     let name: String? = try cells.next()
public struct Cells: Sendable {
  private let handle: ResultHandle
  private let row: Int
  private let count: Int
  private var column = 0

  init(handle: ResultHandle, row: Int) {
    self.handle = handle
    self.row = row
    count = handle.columnCount
  }

  /// Reads the next cell.
  ///
  /// - Throws: ``PostgresError/Kind/decoding`` with the column's name when the cell has another
  ///   type or there is no cell left.
  public mutating func next<Value: PostgresDecodable>(
    as type: Value.Type = Value.self
  ) throws(PostgresError) -> Value {
    try read { value throws(PostgresError) in try Value(postgres: value) }
  }

  /// Passes over the next cell.
  public mutating func skip() {
    column += 1
  }

  @inline(__always)
  private mutating func read<Value>(
    _ decode: (PostgresValue) throws(PostgresError) -> Value
  ) throws(PostgresError) -> Value {
    guard column < count else { throw .decoding }
    defer { column += 1 }
    do {
      return try decode(handle.value(row: row, column: column))
    } catch {
      throw error.at(column: handle.columnName(column))
    }
  }
}

// The common types once more, not generic, so that callers in other modules get specialised code.
extension Cells {
  public mutating func next() throws(PostgresError) -> Int {
    try read { value throws(PostgresError) in try Int(postgres: value) }
  }

  public mutating func next() throws(PostgresError) -> Int64 {
    try read { value throws(PostgresError) in try Int64(postgres: value) }
  }

  public mutating func next() throws(PostgresError) -> Bool {
    try read { value throws(PostgresError) in try Bool(postgres: value) }
  }

  public mutating func next() throws(PostgresError) -> String {
    try read { value throws(PostgresError) in try String(postgres: value) }
  }

  public mutating func next() throws(PostgresError) -> Int64? {
    try read { value throws(PostgresError) in try Int64?(postgres: value) }
  }

  public mutating func next() throws(PostgresError) -> String? {
    try read { value throws(PostgresError) in try String?(postgres: value) }
  }

  public mutating func next() throws(PostgresError) -> PostgresTimestamp {
    try read { value throws(PostgresError) in try PostgresTimestamp(postgres: value) }
  }

  public mutating func next() throws(PostgresError) -> PostgresTimestamp? {
    try read { value throws(PostgresError) in try PostgresTimestamp?(postgres: value) }
  }

  public mutating func next() throws(PostgresError) -> PostgresDate {
    try read { value throws(PostgresError) in try PostgresDate(postgres: value) }
  }

  public mutating func next() throws(PostgresError) -> PostgresDate? {
    try read { value throws(PostgresError) in try PostgresDate?(postgres: value) }
  }
}
