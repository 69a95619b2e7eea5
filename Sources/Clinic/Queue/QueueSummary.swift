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
  /// Times in seconds; null where there is nothing to count.
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
    let counts: JSONOf<Counts>
    let waits: JSONOf<Times>
    let consultations: JSONOf<Times>
  }
  package struct Result: Codable, Sendable {
    let date: LocalDate
    let closed: Bool
    let counts: JSONOf<Counts>
    /// From the arrival to the call.
    let waits: JSONOf<Times>
    /// From the call to the end.
    let consultations: JSONOf<Times>
    let byDoctor: [Group]
  }
  package static let name = "queue.summary"
  package static let summary = "Counts a day's tokens and tells waits and consultations."
  package static let roles = Roles.only(.doctor, .reception)

  package let date: LocalDate?

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    let date = date ?? clinic.calendar.today
    let rows = try await clinic.postgres.query(
      Self.figures(of: date), retry: true, keepingPlan: true, isLong: true)
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
        counts: try cells.next(), waits: try cells.next(), consultations: try cells.next())
      if isAll { all = group } else { groups.append(group) }
    }
    guard let all else { throw StoreFailure.noRow }
    return Result(
      date: date, closed: closed, counts: all.counts, waits: all.waits,
      consultations: all.consultations, byDoctor: groups)
  }

  /// One row for each doctor, one for the tokens without a doctor, and one for all, even if there
  /// are none.
  private static func figures(of date: LocalDate) -> SQL {
    """
    SELECT EXISTS (SELECT FROM queue_days WHERE date = \(date) AND closed_at IS NOT NULL), \
    GROUPING(doctor_id) = 1, doctor_id, \(sql: counts), \(sql: waits), \(sql: consultations) \
    FROM \(sql: tokens(of: "\(date)")) \
    GROUP BY GROUPING SETS ((doctor_id), ()) ORDER BY doctor_id NULLS LAST
    """
  }

  /// The tokens of a day, with two durations in whole seconds: `waited`, from the arrival to the
  /// call, and `consulted`, for a consultation that a person completed. They are computed here,
  /// once per token, and not again by each aggregate.
  static func tokens(of date: SQL) -> SQL {
    """
    (SELECT doctor_id, status, auto_closed, \(sql: seconds("called_at - arrived_at")) AS waited, \
    CASE WHEN status = 'COMPLETED' AND NOT auto_closed THEN \(sql: seconds("ended_at - called_at")) END \
    AS consulted FROM queue_tokens WHERE date = \(sql: date) OFFSET 0) tokens
    """
  }

  /// NULL for a length that is not known, which `greatest` alone would make 0.
  private static func seconds(_ length: SQL) -> SQL {
    """
    CASE WHEN \(sql: length) IS NOT NULL \
    THEN greatest(trunc(date_part('epoch', \(sql: length)))::bigint, 0) END
    """
  }

  /// ``Counts`` of ``tokens(of:)``.
  static let counts: SQL = """
    json_build_object(\(sql: .counts(of: TokenStatus.self)), \
    'auto_closed', count(*) FILTER (WHERE auto_closed), 'total', count(*))
    """

  /// ``Times`` from the arrival to the call, of ``tokens(of:)``.
  static let waits = times("waited")

  /// ``Times`` from the call to the end, of ``tokens(of:)``.
  static let consultations = times("consulted")

  private static func times(_ seconds: SQL) -> SQL {
    """
    json_build_object('count', count(\(sql: seconds)), \
    'mean_seconds', div(sum(\(sql: seconds)), nullif(count(\(sql: seconds)), 0)), \
    'p50_seconds', percentile_disc(0.5) WITHIN GROUP (ORDER BY \(sql: seconds)), \
    'p90_seconds', percentile_disc(0.9) WITHIN GROUP (ORDER BY \(sql: seconds)))
    """
  }
}
