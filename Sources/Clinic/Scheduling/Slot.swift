import JSONRPC
package import Postgres

/// A time at which a doctor can see somebody, by the clinic's wall clock. Its end is exclusive
/// (rule 8).
package struct Slot: Codable, Sendable, Equatable {
  package let id: ID<Slot>
  package let doctorID: ID<User>
  package let date: LocalDate
  package let startTime: TimeOfDay
  package let endTime: TimeOfDay
  package let isBlocked: Bool
  package private(set) var blockReason: String?
  /// The appointment that has the slot now.
  package private(set) var appointmentID: ID<Appointment>?
  /// Whether it can be booked: not blocked, not taken, not in the past, of an active doctor.
  package let isAvailable: Bool
  package let version: RowVersion
}

extension Slot: RowDecodable {
  /// The columns, from `slots s`, the doctor `u` and the appointment `a` that has the slot.
  private static let columns: SQL = """
    s.id, s.doctor_id, s.date, s.start_time, s.end_time, s.is_blocked, s.block_reason, a.id, \
    \(sql: isAvailable), s.version
    """

  static let isAvailable: SQL = """
    NOT s.is_blocked AND a.id IS NULL AND u.enabled AND u.role = 'DOCTOR' \
    AND (s.date + s.start_time)::timestamptz > statement_timestamp()
    """

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    doctorID = try cells.next()
    date = try cells.next()
    startTime = try cells.next()
    endTime = try cells.next()
    isBlocked = try cells.next()
    blockReason = try cells.next()
    appointmentID = try cells.next()
    isAvailable = try cells.next()
    version = try cells.next()
  }

  static func select(where condition: SQL) -> SQL {
    """
    SELECT \(sql: columns) FROM slots s JOIN users u ON u.id = s.doctor_id \
    LEFT JOIN appointments a ON a.slot_id = s.id AND a.status NOT IN ('CANCELLED', 'NO_SHOW') \
    WHERE \(sql: condition)
    """
  }

  /// The slot as its caller may see it: a kiosk does not see who has it.
  func shown(to role: Role?) -> Slot {
    if role?.isStaff == true { return self }
    var slot = self
    slot.appointmentID = nil
    slot.blockReason = nil
    return slot
  }
}

extension Slot {
  /// Locks the slot against bookings and other changes.
  static func locked(
    _ id: ID<Slot>, in transaction: Transaction
  ) async throws -> Slot {
    try await transaction.query("\(sql: select(where: "s.id = \(id)")) FOR NO KEY UPDATE OF s")
      .row(orMissing: "slot", id)
  }

  func changed(_ fields: SQL, in transaction: Transaction) async throws -> Slot {
    try await transaction.pipeline([
      """
      UPDATE slots SET \(sql: fields), version = version + 1, updated_at = now() WHERE id = \(id)
      """,
      Self.select(where: "s.id = \(id)"),
    ])[1].row()
  }
}
