import JSONRPC
import Postgres

/// What a command does in its savepoint, and how the audit tells of it.
package struct CommandWork: Sendable {
  let context: CallContext?
  let body: @Sendable (Transaction) async throws -> [UInt8]
  /// The command as statements, if it is a ``PipelinedCommand``.
  let pipelined: PipelinedWork<[UInt8]>?
  /// The audit entry for the outcome; nil when there is nothing to record.
  let entry: @Sendable (Result<[UInt8], any Error>) -> AuditEntry?

  func entry(for outcome: Result<[UInt8], any Error>) -> AuditEntry? {
    CallContext.$current.withValue(context) { entry(outcome) }
  }
}

/// What a ``PipelinedCommand`` does.
package struct PipelinedWork<Reply>: Sendable {
  let locks: [Subject]
  let guards: [String]
  let look: [SQL]
  let decide: @Sendable ([Rows]) async throws -> [SQL]
  let reply: @Sendable ([Rows]) throws -> Reply

  func map<Other>(
    _ transform: @escaping @Sendable (Reply) throws -> Other
  ) -> PipelinedWork<Other> {
    PipelinedWork<Other>(locks: locks, guards: guards, look: look, decide: decide) {
      try transform(reply($0))
    }
  }
}
