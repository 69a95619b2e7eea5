package import Postgres

extension QueueDay {
  /// A day as PostgreSQL holds it; an empty one if nobody has opened it.
  package static func read(
    _ date: LocalDate, rules: QueueRules, from postgres: PostgresClient
  ) async throws -> QueueDay {
    // One statement, so that version and tokens are of one moment.
    let rows = try await postgres.query(
      """
      SELECT d.version, d.closed_at IS NOT NULL, t.number IS NOT NULL, \
      \(sql: QueueToken.columns(of: "t")) FROM queue_days d \
      LEFT JOIN queue_tokens t ON t.date = d.date WHERE d.date = \(date)
      """, retry: true)
    var day = QueueDay(date: date, rules: rules)
    var tokens: [QueueToken] = []
    var version: Int64 = 0
    for row in rows {
      var cells = row.cells
      version = try cells.next()
      day.isClosed = try cells.next()
      if try cells.next() as Bool { tokens.append(try QueueToken(cells: &cells)) }
    }
    day.load(tokens, version: version)
    return day
  }
}
