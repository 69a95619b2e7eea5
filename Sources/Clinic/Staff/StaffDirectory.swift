import JSONRPC
import Logging
package import Postgres
import Synchronization

/// Who works here, kept in memory and kept up to date by LISTEN: a change by another instance, or
/// by hand in the database, is known here within moments.
package final class StaffDirectory: Sendable {
  package struct Member: Sendable, Equatable {
    package let id: ID<User>
    package let username: String
    package let fullName: String
    package let role: Role
    package let isEnabled: Bool
    package let epoch: Int64
    package let speciality: String?
    package let room: String?
    /// How often the row was changed: an older reading never replaces a newer one.
    let version: Int64

    var isActiveDoctor: Bool { role == .doctor && isEnabled }
  }

  /// What changed: a user, a login that was ended, or perhaps anything.
  package enum Change: Sendable {
    case user(ID<User>)
    case login(Int64)
    case everything
  }

  private struct State {
    var members: [ID<User>: Member] = [:]
    var endedLogins: EndedLogins
    /// When the listening connection last proved to be alive.
    var heardAt: ContinuousClock.Instant?
    /// Rises with every change that may affect how doctors are shown.
    var generation = 0
    /// What was heard while everything was being read anew, which may be later than what was read.
    var heardMeanwhile: (members: [Member], logins: [Int64])?

    /// Takes a reading. In whatever order readings come, the newest one stays.
    mutating func take(_ member: Member) {
      heardMeanwhile?.members.append(member)
      if let known = members[member.id],
        (known.version, known.epoch) > (member.version, member.epoch)
      {
        return
      }
      members[member.id] = member
      generation += 1
    }

    mutating func end(_ login: Int64) {
      heardMeanwhile?.logins.append(login)
      endedLogins.insert(login, at: .now)
    }

    /// Replaces what was known before: that may come from a database that has lost its last
    /// changes.
    mutating func replace(_ read: [Member], _ ended: EndedLogins) {
      let meanwhile = heardMeanwhile
      heardMeanwhile = nil
      members = Dictionary(read.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
      endedLogins = ended
      generation += 1
      for member in meanwhile?.members ?? [] { take(member) }
      for login in meanwhile?.logins ?? [] { end(login) }
    }
  }
  private let state: Mutex<State>
  private let postgres: PostgresClient
  private let settings: Settings
  private let log: Logger

  init(postgres: PostgresClient, settings: Settings, log: Logger) {
    self.postgres = postgres
    self.settings = settings
    self.log = log
    state = Mutex(State(endedLogins: EndedLogins(keptFor: Self.keptFor(settings))))
  }

  /// How long ended logins are kept: tokens of logins that ended earlier have expired by
  /// themselves.
  private static func keptFor(_ settings: Settings) -> Duration {
    .seconds(settings.accessTokenSeconds + 300)
  }

  /// Whether the directory can be relied on: the listening connection was alive within the last two
  /// seconds.
  package var isTrusted: Bool { heard(within: .seconds(2)) }

  /// Whether PostgreSQL has answered the listening connection within that time: a frozen server
  /// keeps its connections and answers nobody.
  func heard(within time: Duration) -> Bool {
    state.withLock { $0.heardAt.map { ContinuousClock.now - $0 < time } ?? false }
  }

  package func member(_ id: ID<User>) -> Member? {
    state.withLock { $0.members[id] }
  }

  package func isEnded(login: Int64) -> Bool {
    state.withLock { $0.endedLogins.contains(login) }
  }

  /// Rises when the doctors' names or rooms may have changed.
  package var generation: Int { state.withLock { $0.generation } }

  /// An active doctor, or a refusal. If the user is no doctor as far as is known here, PostgreSQL
  /// is asked: another instance may just have made one.
  package func doctor(_ id: ID<User>) async throws -> Member {
    if let member = member(id), member.isActiveDoctor { return member }
    try await refresh(id)
    guard let member = member(id) else { throw ClinicError.notFound("doctor", id) }
    guard member.isActiveDoctor else {
      throw ClinicError(.notADoctor).with("id", id)
    }
    return member
  }

  package var doctors: [Member] {
    state.withLock { $0.members.values.filter(\.isActiveDoctor) }
      .sorted { ($0.fullName, $0.id) < ($1.fullName, $1.id) }
  }
}

// MARK: - Staying true

extension StaffDirectory {
  /// Listens until its task is cancelled, and tells `changed` of every change.
  func run(changed: @escaping @Sendable (Change) async -> Void) async {
    var notices = OutageNotices()
    while !Task.isCancelled {
      do {
        try await postgres.withConnection { connection in
          _ = try await answer(of: connection, to: "LISTEN clinic_staff")
          try await postgres.loop.limited(to: .seconds(10), outlivesCaller: false) {
            try await self.reload()
          }
          await changed(.everything)
          try await follow(connection, changed: changed)
        }
      } catch {
        state.withLock { $0.heardAt = nil }
        if !Task.isCancelled {
          log.log(
            level: notices.isNews("\(error)") ? .warning : .debug,
            "the staff directory waits for PostgreSQL",
            metadata: ["error": "\(error)"])
        }
        try? await Task.sleep(for: .milliseconds(200))
      }
    }
  }

  private func follow(
    _ connection: Connection, changed: @escaping @Sendable (Change) async -> Void
  ) async throws {
    // Whichever ends first ends both, and the connection.
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.prove(connection) }
      group.addTask { try await self.hear(connection, changed) }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Makes the connection prove, each half second, that it would hear a change.
  private func prove(_ connection: Connection) async throws {
    while !Task.isCancelled {
      let asked = ContinuousClock.now
      _ = try await answer(of: connection, to: "SELECT 1 AS staff")
      state.withLock { $0.heardAt = asked }
      try await Task.sleep(for: .milliseconds(500))
    }
  }

  /// Gives up a connection that says nothing, although nobody has closed it.
  private func answer(of connection: Connection, to sql: SQL) async throws -> Rows {
    try await postgres.loop.limited(to: .seconds(3), outlivesCaller: false) {
      try await connection.query(sql)
    }
  }

  private func hear(
    _ connection: Connection, _ changed: @Sendable (Change) async -> Void
  ) async throws {
    for await notification in connection.notifications {
      let words = notification.payload.split(separator: " ")
      guard words.count == 2, let id = Int64(words[1]) else { continue }
      if words[0] == "user" {
        // On this connection: the others may all be busy.
        try take(await connection.query(Self.select(ID(rawValue: id))))
        await changed(.user(ID(rawValue: id)))
      } else {
        note(ended: id)
        await changed(.login(id))
      }
    }
    throw StoreFailure.connectionEnded
  }

  /// Reads one user again; called after a change made here, so that the change is in effect before
  /// its reply.
  package func refresh(_ id: ID<User>) async throws {
    try take(await postgres.query(Self.select(id)))
  }

  /// Reads one user in a transaction that changes it; the reading is taken once that is committed,
  /// when nothing may fail any more.
  func read(_ id: ID<User>, in transaction: Transaction) async throws -> Member? {
    try await transaction.query(Self.select(id)).decode(as: Member.self).first
  }

  func take(_ member: Member) { state.withLock { $0.take(member) } }

  private static func select(_ id: ID<User>) -> SQL {
    "SELECT \(sql: columns) FROM users WHERE id = \(id)"
  }

  private func take(_ rows: Rows) throws {
    for member in try rows.decode(as: Member.self) { take(member) }
  }

  /// Asks PostgreSQL for users of whom this instance has not heard yet.
  func meet(_ ids: [ID<User>]) async throws {
    for id in ids where member(id) == nil { try await refresh(id) }
  }

  /// Notes an ended login at once; called by whoever ended it.
  package func note(ended login: Int64) {
    state.withLock { $0.end(login) }
  }

  private func reload() async throws {
    state.withLock { $0.heardMeanwhile = ([], []) }
    let members = try await postgres.query("SELECT \(sql: Self.columns) FROM users")
      .decode(as: Member.self)
    // All that are kept, whatever PostgreSQL's clock says: tokens end by this host's.
    let ended = try await postgres.query("SELECT id FROM logins WHERE revoked_at IS NOT NULL")
    var logins = EndedLogins(keptFor: Self.keptFor(settings))
    for login in try ended.column(as: Int64.self) { logins.insert(login, at: .now) }
    let endedLogins = logins
    state.withLock { $0.replace(members, endedLogins) }
  }

  static let columns: SQL =
    "id, username, full_name, role, enabled, epoch, speciality, room, version"
}

extension StaffDirectory.Member: RowDecodable {
  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    username = try cells.next()
    fullName = try cells.next()
    role = try cells.next()
    isEnabled = try cells.next()
    epoch = try cells.next()
    speciality = try cells.next()
    room = try cells.next()
    version = try cells.next()
  }
}
