package import JSONRPC
package import Postgres

/// A method: its stored properties are the params, in their positional order, and `Result` is the
/// result. Authorization, decoding, idempotency, audit, schema and documentation come from it.
package protocol Method: Decodable, Sendable {
  associatedtype Result: Codable & Sendable
  static var name: String { get }
  /// One sentence, for `rpc.discover`.
  static var summary: String { get }
  static var roles: Roles { get }
  /// What it refuses with, beyond what every method may.
  static var errors: [Reason] { get }
  /// How its calls are run.
  static var profile: CallProfile { get }
  /// What a call is about, for the audit. Never clinical text.
  var subject: Subject? { get }
}

extension Method {
  package static var errors: [Reason] { [] }
  package static var profile: CallProfile { .standard }
  package var subject: Subject? { nil }
}

/// What a call is about.
package struct Subject: Sendable, Hashable {
  package let type: String
  package let id: String?

  package init(_ type: String, _ id: String? = nil) {
    self.type = type
    self.id = id
  }

  package init<E>(_ type: String, _ id: ID<E>?) {
    self.init(type, id?.description)
  }
}

/// A method that reads. Reads of patient data are audited: the reply leaves when its entry is
/// durable.
package protocol Query: Method {
  static var isAudited: Bool { get }
  func run(in clinic: Clinic, by caller: Caller?) async throws -> Result
}

extension Query {
  package static var isAudited: Bool { false }
}

/// A method that reads patient data and has its audit entry written with what it reads.
package protocol SelfAuditedQuery: Method {
  /// Returns, or throws a refusal that is audited, when the entry is durable.
  ///
  /// - Parameter entry: what the audit says when all goes well.
  func run(in clinic: Clinic, entry: AuditEntry) async throws -> Result
}

/// A method that writes, in one transaction with its audit entry and its idempotency key.
package protocol Command: Method {
  /// False for methods that return a secret: a kept reply would keep it.
  static var takesKey: Bool { get }
  /// False for a command that takes long: it does not share its transaction with others.
  static var sharesTransaction: Bool { get }
  /// Where it waits for its turn. Commands that lock the same rows have a lane of their own, so
  /// that they do not wait for each other across transactions that others are in.
  static func lane(of clinic: Clinic) -> CommandLane
  func run(in transaction: Transaction, of clinic: Clinic, by caller: Caller) async throws -> Result
  /// What the audit calls the thing that was made; by default the call's own subject.
  func subject(of result: Result) -> Subject?
  /// What the audit keeps beside the outcome: JSON, never clinical text.
  func auditDetails(of result: Result) -> String?
  /// After the commit, before the reply.
  func committed(_ result: Result, in clinic: Clinic) async
}

extension Command {
  package static var takesKey: Bool { true }
  package static var sharesTransaction: Bool { true }
  package static func lane(of clinic: Clinic) -> CommandLane { clinic.commands }
  package func subject(of result: Result) -> Subject? { subject }
  package func auditDetails(of result: Result) -> String? { nil }
  package func committed(_ result: Result, in clinic: Clinic) async {}
}

/// A command that looks and then writes, each by statements that need none of each other's results:
/// those of calls that wait together travel to PostgreSQL in two trips.
package protocol PipelinedCommand: Command {
  /// The rows that it locks. Of calls that name the same, one travels with the others.
  var locks: [Subject] { get }
  /// What it looks at, under locks.
  var look: [SQL] { get }
  /// What it writes, or why it is refused.
  ///
  /// - Parameter found: what each statement of `look` gave.
  func statements(after found: [Rows], in clinic: Clinic, by caller: Caller) async throws -> [SQL]
  /// - Parameter rows: what each of the statements gave.
  func result(of rows: [Rows]) throws -> Result
}

extension PipelinedCommand {
  package var locks: [Subject] { [] }
  package var look: [SQL] { [] }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Result {
    let found = try await transaction.pipeline(look)
    let statements = try await statements(after: found, in: clinic, by: caller)
    return try result(of: await transaction.pipeline(statements))
  }
}

/// A method that changes what is bound to its connection: logins, subscriptions. It has its own
/// audit and takes no idempotency key.
package protocol SessionMethod: Method {
  func run(on session: Session, of clinic: Clinic) async throws -> Result
}

/// The result of a method that has nothing to tell.
package struct Done: Codable, Sendable {
  package let ok: Bool
  package init() { ok = true }
}

/// The number of times that a row was changed; an update that names another one is refused as
/// `stale_version`. By name only.
package struct RowVersion: BoundedNumber, ByNameOnly, PostgresEncodable, PostgresDecodable {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
  package static let bounds: ClosedRange<Int64> = 1...Int64.max
}

/// A page of a list. `nextCursor` fetches the page after it; it is null on the last one.
package struct Page<Item: Codable & Sendable>: Codable, Sendable {
  package let items: [Item]
  package let nextCursor: String?

  /// From one row more than was asked for, if there is one.
  package init(_ rows: [Item], limit: PageLimit, cursor: (Item) -> String) {
    self.init(rows, limit: limit, item: { $0 }, cursor: cursor)
  }

  /// The same from rows that know more than their items tell.
  package init<Row>(
    _ rows: [Row], limit: PageLimit, item: (Row) -> Item, cursor: (Row) -> String
  ) {
    let page = rows.prefix(limit.rawValue)
    items = page.map(item)
    nextCursor = rows.count > page.count ? page.last.map(cursor) : nil
  }
}

/// How many items a page holds: 1 to 200.
package struct PageLimit: BoundedNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let bounds = 1...200
  package static let standard = PageLimit(rawValue: 50)

  /// One row more than a page holds, for a LIMIT. It is text and no parameter: PostgreSQL keeps a
  /// plan that knows how few rows are wanted, and need not plan each call. A search by part of a
  /// name has a parameter there, because its plan depends on what is searched for.
  var rows: SQL { "\(raw: String(rawValue + 1))" }
}

/// Where the next page of a list that is ordered by id begins.
package struct Cursor: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...40 }
  package static var pattern: String? { "^[0-9]+$" }
  package static var sample: String { "120" }

  package static func checked(_ text: String) throws -> String {
    guard Int64(digits: text) != nil else {
      throw InvalidValue(reason: .malformed, message: "a next_cursor that a list gave")
    }
    return text
  }

  package var id: Int64 { Int64(rawValue) ?? 0 }
}

extension Int64 {
  /// A number of ASCII digits alone, without a sign; nil for one that is too large.
  init?(digits: some StringProtocol) {
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    self.init(digits)
  }
}
