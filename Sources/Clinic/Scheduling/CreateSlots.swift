import JSONRPC
package import Postgres

/// Makes the slots of a doctor's working hours (rules 8, 10, 11). A repeated call makes none.
package struct CreateSlots: Command {
  package struct NewSlot: Codable, Sendable, Equatable {
    package let id: ID<Slot>
    package let date: LocalDate
    package let startTime: TimeOfDay
    package let endTime: TimeOfDay
  }
  /// Why a slot was not made.
  package enum Obstacle: String, Codable, CaseIterable, Sendable, PostgresDecodable,
    JSONSchemaRepresentable
  {
    /// The slot is there already.
    case exists
    /// Another slot of the doctor is in the way.
    case overlaps
    /// The clock leaps over its first or last minute.
    case noSuchTime = "no_such_time"
    case past
  }
  package struct Skipped: Codable, Sendable, Equatable {
    package let date: LocalDate
    package let startTime: TimeOfDay
    package let reason: Obstacle
    /// The existing slot.
    package let slotID: ID<Slot>?
  }
  package struct Result: Codable, Sendable {
    /// How many were made.
    package let created: Int
    package let items: [NewSlot]
    package let skipped: [Skipped]
  }
  package static let name = "slots.create_bulk"
  package static let summary =
    "Makes a doctor's slots over a range of dates; tells which it left out and why."
  package static let roles = Roles.only(.doctor)
  package static let errors: [Reason] = [.notFound, .notADoctor, .notYourSlots]
  // Thousands of rows take a while.
  package static let sharesTransaction = false

  package let doctorID: ID<User>
  package let from: LocalDate
  package let to: LocalDate
  package let start: TimeOfDay
  package let end: TimeOfDay
  package let minutes: SlotMinutes
  package let weekdays: ItemList<Weekday>?
  package let breaks: Breaks?

  package var subject: Subject? { Subject("doctor", doctorID) }

  /// How many days a call may cover, how many slots, and how many years ahead.
  private static let mostDays = 366
  private static let mostSlots = 5000
  private static let mostYears = 10

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Result {
    let plan = try plan(today: clinic.calendar.today)
    try caller.requireOwnSlots(of: doctorID)
    _ = try await clinic.staff.doctor(doctorID)
    // One call at a time for a doctor, so that each sees what the others made.
    _ = try await transaction.query(
      "SELECT FROM users WHERE id = \(doctorID) FOR NO KEY UPDATE")
    let rows = try await transaction.query(statement(for: plan))
    var made: [NewSlot] = []
    var skipped: [Skipped] = []
    for row in rows {
      var cells = row.cells
      let id: ID<Slot>? = try cells.next()
      let (date, start, end): (LocalDate, TimeOfDay, TimeOfDay) = (
        try cells.next(), try cells.next(), try cells.next()
      )
      let obstacle: Obstacle? = try cells.next()
      if obstacle == nil, let id {
        made.append(NewSlot(id: id, date: date, startTime: start, endTime: end))
      } else {
        skipped.append(
          Skipped(date: date, startTime: start, reason: obstacle ?? .overlaps, slotID: id))
      }
    }
    return Result(created: made.count, items: made, skipped: skipped)
  }

  /// The plan that the params describe, if they are valid together.
  private func plan(today: LocalDate) throws(ParamsError) -> SlotPlan {
    func refuse(_ reason: ParamsError.Reason, _ field: String, _ text: String) -> ParamsError {
      ParamsError(reason: reason, field: field, message: text)
    }
    guard from <= to else { throw refuse(.invalid, "to", "not before the first date") }
    guard to.days - from.days < Self.mostDays else {
      throw refuse(.outOfRange, "to", "at most \(Self.mostDays) days a call")
    }
    guard to <= today.adding(years: Self.mostYears) else {
      throw refuse(.outOfRange, "to", "at most \(Self.mostYears) years ahead")
    }
    guard start < end else { throw refuse(.invalid, "end", "after the start") }
    guard start.minutes + Int(minutes.rawValue) <= end.minutes else {
      throw refuse(.outOfRange, "minutes", "at most from start to end")
    }
    let plan = SlotPlan(
      from: from, to: to, weekdays: Set(weekdays?.rawValue ?? Weekday.allCases), start: start,
      end: end, minutes: Int(minutes.rawValue), breaks: breaks?.rawValue ?? [])
    guard plan.dates.count * plan.startTimes.count <= Self.mostSlots else {
      throw refuse(.outOfRange, "to", "at most \(Self.mostSlots) slots a call")
    }
    return plan
  }

  /// Makes the slots that can be made and reports on all that were wanted. A local time exists if
  /// it comes back unchanged from the clinic's zone; a slot's first and last minute have to.
  private func statement(for plan: SlotPlan) -> SQL {
    """
    WITH wanted AS (SELECT date, start_time, end_time FROM unnest(\(plan.dates)) date, \
    unnest(\(plan.startTimes), \(plan.endTimes)) AS t (start_time, end_time)), \
    judged AS MATERIALIZED (SELECT w.*, o.id AS slot_id, CASE \
    WHEN o.is_same THEN 'exists' \
    WHEN (w.date + w.start_time)::timestamptz::timestamp <> w.date + w.start_time \
    OR (w.date + w.end_time - interval '1 minute')::timestamptz::timestamp \
    <> w.date + w.end_time - interval '1 minute' THEN 'no_such_time' \
    WHEN (w.date + w.start_time)::timestamptz <= statement_timestamp() THEN 'past' \
    WHEN o.id IS NOT NULL THEN 'overlaps' END AS obstacle \
    FROM wanted w LEFT JOIN LATERAL (SELECT s.id, \
    (s.start_time, s.end_time) = (w.start_time, w.end_time) AS is_same FROM slots s \
    WHERE s.doctor_id = \(doctorID) AND s.date = w.date AND s.start_time < w.end_time \
    AND w.start_time < s.end_time ORDER BY is_same DESC, s.id LIMIT 1) o ON true), \
    made AS (INSERT INTO slots (doctor_id, date, start_time, end_time) \
    SELECT \(doctorID), date, start_time, end_time FROM judged WHERE obstacle IS NULL \
    ORDER BY date, start_time ON CONFLICT DO NOTHING RETURNING id, date, start_time) \
    SELECT coalesce(m.id, j.slot_id), j.date, j.start_time, j.end_time, j.obstacle \
    FROM judged j LEFT JOIN made m USING (date, start_time) ORDER BY j.date, j.start_time
    """
  }
}

extension Caller {
  /// Refuses the slots of another doctor; an administrator may make everybody's.
  func requireOwnSlots(of doctor: ID<User>) throws(ClinicError) {
    if role == .doctor, doctor != userID { throw ClinicError(.notYourSlots) }
  }
}
