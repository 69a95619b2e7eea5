import JSONRPC
import Postgres

/// Counts and times of a day.
package struct QueueSummary: Query {
  package struct Counts: Codable, Sendable {
    let waiting: Int
    let withDoctor: Int
    let skipped: Int
    let completed: Int
    let cancelled: Int
    let noShow: Int
    let autoClosed: Int
    let total: Int
  }
  /// In seconds; null where there is nothing to count.
  package struct Times: Codable, Sendable {
    let count: Int
    let meanSeconds: Int?
    /// The smallest value that half of all values do not exceed.
    let p50Seconds: Int?
    /// The smallest value that nine in ten values do not exceed.
    let p90Seconds: Int?
  }
  package struct Group: Codable, Sendable {
    let doctorID: ID<User>?
    let doctorName: String?
    let counts: Counts
    let waits: Times
    let consultations: Times
  }
  package struct Result: Codable, Sendable {
    let date: LocalDate
    let closed: Bool
    let counts: Counts
    /// From the arrival to the call.
    let waits: Times
    /// From the call to the end.
    let consultations: Times
    let byDoctor: [Group]
  }
  package static let name = "queue.summary"
  package static let summary = "Counts a day's tokens and tells waits and consultations."
  package static let roles = Roles.only(.doctor, .reception)

  package let date: LocalDate?

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    let date = date ?? clinic.calendar.today
    let rows = try await clinic.postgres.query(
      Self.figures(of: date), retry: true, keepingPlan: true)
    var closed = false
    var groups: [Group] = []
    var all: Group?
    for row in rows {
      var cells = row.cells
      closed = try cells.next()
      let isAll: Bool = try cells.next()
      let doctor: ID<User>? = try cells.next()
      let group = Group(
        doctorID: doctor, doctorName: doctor.flatMap { clinic.staff.member($0)?.fullName },
        counts: try Counts(cells: &cells), waits: try Times(cells: &cells),
        consultations: try Times(cells: &cells))
      if isAll { all = group } else { groups.append(group) }
    }
    guard let all else { throw StoreFailure.noRow }
    return Result(
      date: date, closed: closed, counts: all.counts, waits: all.waits,
      consultations: all.consultations, byDoctor: groups)
  }

  /// A row for each doctor, one for the tokens of no doctor, and one for all, also of a day without any.
  private static func figures(of date: LocalDate) -> SQL {
    """
    SELECT EXISTS (SELECT FROM queue_days WHERE date = \(date) AND closed_at IS NOT NULL), \
    GROUPING(doctor_id) = 1, doctor_id, count(*) FILTER (WHERE status = 'WAITING'), \
    count(*) FILTER (WHERE status = 'WITH_DOCTOR'), count(*) FILTER (WHERE status = 'SKIPPED'), \
    count(*) FILTER (WHERE status = 'COMPLETED'), count(*) FILTER (WHERE status = 'CANCELLED'), \
    count(*) FILTER (WHERE status = 'NO_SHOW'), count(*) FILTER (WHERE auto_closed), count(*), \
    \(sql: times("wait")), \(sql: times("consultation")) \
    FROM (SELECT *, floor(extract(epoch FROM called_at - arrived_at))::bigint AS wait, \
    CASE WHEN status = 'COMPLETED' AND NOT auto_closed \
    THEN floor(extract(epoch FROM ended_at - called_at))::bigint END AS consultation \
    FROM queue_tokens WHERE date = \(date)) t \
    GROUP BY GROUPING SETS ((doctor_id), ()) ORDER BY doctor_id NULLS LAST
    """
  }

  private static func times(_ seconds: SQL) -> SQL {
    """
    count(\(sql: seconds)), floor(avg(\(sql: seconds)))::bigint, \
    percentile_disc(0.5) WITHIN GROUP (ORDER BY \(sql: seconds)), \
    percentile_disc(0.9) WITHIN GROUP (ORDER BY \(sql: seconds))
    """
  }
}

extension QueueSummary.Counts {
  fileprivate init(cells: inout Cells) throws(PostgresError) {
    waiting = try cells.next()
    withDoctor = try cells.next()
    skipped = try cells.next()
    completed = try cells.next()
    cancelled = try cells.next()
    noShow = try cells.next()
    autoClosed = try cells.next()
    total = try cells.next()
  }
}

extension QueueSummary.Times {
  fileprivate init(cells: inout Cells) throws(PostgresError) {
    count = try cells.next()
    meanSeconds = try cells.next()
    p50Seconds = try cells.next()
    p90Seconds = try cells.next()
  }
}
