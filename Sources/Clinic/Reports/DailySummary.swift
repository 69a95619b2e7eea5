package import JSONRPC
package import Postgres

/// What happened on one day, from the transactions of that day (rule 44).
package struct DailySummary: Codable, Sendable {
  package struct Appointments: Codable, Sendable {
    let scheduled: Int
    let checkedIn: Int
    let withDoctor: Int
    let completed: Int
    let cancelled: Int
    let noShow: Int
    let total: Int
  }
  /// Visits that were begun on the day.
  package struct Visits: Codable, Sendable {
    let total: Int
    let completed: Int
  }
  /// Invoices that were issued on the day.
  package struct Invoices: Codable, Sendable {
    let issued: Int
    let subtotal: Amount
    let discount: Amount
    let tax: Amount
    let total: Amount
  }
  package struct ByMethod: Codable, Sendable {
    let cash: Amount
    let card: Amount
    let upi: Amount
    let total: Amount
  }
  package struct Movements: Codable, Sendable {
    let movementType: String
    let count: Int
    let quantity: Int
  }

  let date: LocalDate
  /// False while the day goes on.
  let final: Bool
  let queue: QueueSummary.Counts
  /// Tokens that the close of the day has ended, and not a person.
  let autoClosed: [TokenName]
  let waits: QueueSummary.Times
  let consultations: QueueSummary.Times
  let appointments: Appointments
  let visits: Visits
  let newPatients: Int
  let prescriptions: Int
  let dispensings: Int
  let invoices: Invoices
  let payments: ByMethod
  /// Refunds, on the day and by the method that they were made in (rule 42).
  let refunds: ByMethod
  let tax: Amount
  /// Payments less refunds.
  let revenue: Amount
  let stockMovements: [Movements]
}

/// A sum of money, which may be below zero.
package struct Amount: Codable, Sendable, JSONSchemaRepresentable {
  let hundredths: Int64

  package static var jsonSchema: JSONSchema {
    .string(pattern: #"^-?[0-9]+\.[0-9]{2}$"#).example("\"12.50\"")
  }

  package init(from decoder: any Decoder) throws {
    hundredths = try DecimalText.decode(decoder, what: "an amount with two decimals")
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(DecimalText.text(hundredths: hundredths))
  }
}

extension DailySummary: RowDecodable {
  package init(cells: inout Cells) throws(PostgresError) {
    let json: JSONB = try cells.next()
    guard let document = try? JSONDocument(parsing: json.bytes, limits: .stored),
      let summary = try? JSONValueDecoder(unknownMembers: .ignore).decode(
        Self.self, from: document.root)
    else { throw PostgresError.decoding }
    self = summary
  }
}

extension DailySummary {
  /// The statement that makes a day's summary, as JSON, as of one moment.
  static func json(of date: LocalDate) -> SQL {
    """
    SELECT json_build_object('date', day.date, 'final', day.date < current_date AND NOT EXISTS \
    (SELECT FROM queue_days q WHERE q.date = day.date AND q.closed_at IS NULL), \
    \(sql: queue), \(sql: clinical), \(sql: money), 'stock_movements', coalesce((SELECT json_agg(\
    json_build_object('movement_type', m.movement_type, 'count', m.count, 'quantity', m.quantity) \
    ORDER BY m.movement_type) FROM (SELECT movement_type, count(*), sum(quantity) AS quantity \
    FROM stock_movements WHERE \(sql: isOfDay("at")) GROUP BY movement_type) m), '[]')) \
    FROM (VALUES (\(date))) AS day (date)
    """
  }

  private static func isOfDay(_ column: String) -> SQL {
    """
    \(raw: column) >= day_start(day.date) AND \(raw: column) < day_start(day.date + 1)
    """
  }

  private static let tokens = QueueSummary.tokens(of: "day.date")

  private static let queue: SQL = """
    'queue', (SELECT \(sql: QueueSummary.counts) FROM \(sql: tokens)), \
    'auto_closed', coalesce((SELECT json_agg(date || '-' || lpad(number::text, \
    greatest(3, length(number::text)), '0') ORDER BY number) FROM queue_tokens \
    WHERE date = day.date AND auto_closed), '[]'), \
    'waits', (SELECT \(sql: QueueSummary.waits) FROM \(sql: tokens)), \
    'consultations', (SELECT \(sql: QueueSummary.consultations) FROM \(sql: tokens))
    """

  private static let clinical: SQL = """
    'appointments', (SELECT json_build_object(\(sql: .counts(of: Appointment.Status.self)), \
    'total', count(*)) FROM appointments WHERE date = day.date), \
    'visits', (SELECT json_build_object('total', count(*), \
    'completed', count(*) FILTER (WHERE status = 'COMPLETED')) FROM visits WHERE date = day.date), \
    'new_patients', (SELECT count(*) FROM patients WHERE \(sql: isOfDay("created_at"))), \
    'prescriptions', (SELECT count(*) FROM prescriptions WHERE date = day.date), \
    'dispensings', (SELECT count(*) FROM dispensings WHERE date = day.date)
    """

  private static let money: SQL = """
    'invoices', (SELECT json_build_object('issued', count(*), 'subtotal', \(sql: sum("subtotal")), \
    'discount', \(sql: sum("discount")), 'tax', \(sql: sum("tax")), 'total', \(sql: sum("total"))) \
    FROM invoices WHERE date = day.date AND issued_at IS NOT NULL), \
    'payments', \(sql: byMethod("payments")), 'refunds', \(sql: byMethod("refunds")), \
    'tax', (SELECT \(sql: sum("tax")) FROM invoices WHERE date = day.date \
    AND issued_at IS NOT NULL), \
    'revenue', (SELECT \(sql: sum("amount")) FROM (SELECT amount FROM payments WHERE date = day.date \
    UNION ALL SELECT -amount FROM refunds WHERE date = day.date) a)
    """

  private static func sum(_ column: String) -> SQL {
    "coalesce(sum(\(raw: column)), 0)::numeric(20, 2)"
  }

  private static func byMethod(_ table: String) -> SQL {
    let sums = ["CASH", "CARD", "UPI"].map { method -> SQL in
      """
      '\(raw: method.lowercased())', \
      coalesce(sum(amount) FILTER (WHERE payment_method = '\(raw: method)'), 0)::numeric(20, 2)
      """
    }.joined(separator: ", ")
    return """
      (SELECT json_build_object(\(sql: sums), 'total', \(sql: sum("amount"))) \
      FROM \(raw: table) WHERE date = day.date)
      """
  }
}
