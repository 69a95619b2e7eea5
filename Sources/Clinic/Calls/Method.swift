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
  /// The reasons for which it refuses, beyond those that every method may have.
  static var errors: [Reason] { get }
  /// How its calls are run.
  static var profile: CallProfile { get }
  /// The time limit of its calls, if that is longer than the configured one.
  static var time: Duration? { get }
  /// What a call is about, for the audit. Never clinical text.
  var subject: Subject? { get }
}

extension Method {
  package static var errors: [Reason] { [] }
  package static var profile: CallProfile { .standard }
  package static var time: Duration? { nil }
  package var subject: Subject? { nil }
}

/// A method that reads. Reads of patient data are audited: the reply leaves when its entry is
/// durable.
package protocol Query: Method {
  static var isAudited: Bool { get }
  /// Whether its audit entry is written before it runs: for queries with an effect (such as
  /// removing documents) that remains even if the call fails.
  var isAuditedFirst: Bool { get }
  func run(in clinic: Clinic, by caller: Caller?) async throws -> Result
}

extension Query {
  package static var isAudited: Bool { false }
  package var isAuditedFirst: Bool { false }
}

/// A method that reads patient data and whose audit entry is written in the same statement.
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
  /// The lane this command waits in. Commands that contend for the same rows share a lane of their
  /// own so they do not block unrelated commands' transactions.
  static func lane(of clinic: Clinic) -> CommandLane
  /// What is done before the transaction, which others wait for: it may take long, or refuse. It is
  /// done for a repeated call too, and its refusals have no audit entries of their own.
  mutating func prepare(in clinic: Clinic, by caller: Caller) async throws
  func run(in transaction: Transaction, of clinic: Clinic, by caller: Caller) async throws -> Result
  /// What the audit calls the thing that was made; by default the call's own subject.
  func subject(of result: Result) -> Subject?
  /// What the audit keeps beside the outcome: JSON, never clinical text.
  func auditDetails(of result: Result) -> String?
  /// Runs after the commit, before the reply.
  func committed(_ result: Result, in clinic: Clinic) async
}

extension Command {
  package static var takesKey: Bool { true }
  package static var sharesTransaction: Bool { true }
  package static func lane(of clinic: Clinic) -> CommandLane { clinic.commands }
  package mutating func prepare(in clinic: Clinic, by caller: Caller) async throws {}
  package func subject(of result: Result) -> Subject? { subject }
  package func auditDetails(of result: Result) -> String? { nil }
  package func committed(_ result: Result, in clinic: Clinic) async {}
}

/// A command that reads and then writes, each by statements that do not need each other's results:
/// those of calls that wait together travel to PostgreSQL in two trips.
package protocol PipelinedCommand: Command {
  /// The rows that it locks. Of calls that lock the same row, only one travels with the others.
  var locks: [Subject] { get }
  /// Names that only one transaction at a time may decide on although there is no row to lock, such
  /// as the name of a patient who is registered. ``CommandLane`` locks them.
  var guards: [String] { get }
  /// The statements that read and lock.
  var look: [SQL] { get }
  /// The statements that write; throws the refusal.
  ///
  /// - Parameter found: what each statement of `look` gave.
  func statements(after found: [Rows], in clinic: Clinic, by caller: Caller) async throws -> [SQL]
  /// - Parameter rows: what each of the writing statements gave.
  func result(of rows: [Rows]) throws -> Result
}

extension PipelinedCommand {
  package var locks: [Subject] { [] }
  package var guards: [String] { [] }
  package var look: [SQL] { [] }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Result {
    if !guards.isEmpty { transaction.enqueue(CommandLane.lock(guards)) }
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
