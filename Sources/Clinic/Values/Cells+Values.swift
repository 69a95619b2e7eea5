import JSONRPC
import Postgres

// The types of which a list has thousands, each by the cell's own type: the compiler makes code for
// them, where the one way for all types looks types up while it runs.
extension Cells {
  mutating func next<Entity>() throws(PostgresError) -> ID<Entity> {
    ID(rawValue: try next() as Int64)
  }

  mutating func next<Entity>() throws(PostgresError) -> ID<Entity>? {
    (try next() as Int64?).map(ID.init)
  }

  mutating func next() throws(PostgresError) -> Instant {
    Instant(microseconds: (try next() as PostgresTimestamp).microseconds)
  }

  mutating func next() throws(PostgresError) -> Instant? {
    (try next() as PostgresTimestamp?).map { Instant(microseconds: $0.microseconds) }
  }

  mutating func next() throws(PostgresError) -> LocalDate {
    LocalDate(try next() as PostgresDate)
  }

  mutating func next() throws(PostgresError) -> LocalDate? {
    (try next() as PostgresDate?).map(LocalDate.init)
  }

  mutating func next<Value: RawRepresentable<String>>() throws(PostgresError) -> Value {
    guard let value = Value(rawValue: try next() as String) else { throw .decoding }
    return value
  }

  mutating func next<Value: RawRepresentable<String>>() throws(PostgresError) -> Value? {
    guard let text = try next() as String? else { return nil }
    guard let value = Value(rawValue: text) else { throw .decoding }
    return value
  }
}

extension Cells {
  /// A token's date and number, both there or neither.
  mutating func nextToken() throws(PostgresError) -> TokenName? {
    let date: LocalDate? = try next()
    let number: Int? = try next()
    guard let date, let number else { return nil }
    return TokenName(date: date, number: number)
  }

  /// Reads a cell of JSON that holds what a result shows.
  mutating func nextJSON<Value: Decodable>(
    as type: Value.Type = Value.self
  ) throws(PostgresError) -> Value? {
    guard let json: JSONB = try next() else { return nil }
    do {
      let document = try JSONDocument(parsing: json.bytes, limits: .stored)
      return try JSONValueDecoder(unknownMembers: .ignore).decode(type, from: document.root)
    } catch {
      throw .decoding
    }
  }
}
