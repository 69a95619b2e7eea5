import JSONRPC
package import Postgres

/// Who did what, when it was done and how it ended (rule 47). Never clinical text.
package struct AuditEntry: Sendable, Equatable {
  package var userID: ID<User>?
  package var userName: String?
  package var role: Role?
  package var source: String
  package var method: String
  package var subject: Subject?
  /// `ok`, or the reason of the refusal.
  package var outcome: String
  package var requestID: String
  /// JSON: names of changed fields, counts.
  package var details: String?

  package init(
    by caller: Caller?, from source: String, method: String, subject: Subject?, outcome: String,
    details: String? = nil
  ) {
    self.userID = caller?.userID
    self.userName = caller?.name
    self.role = caller?.role
    self.source = source
    self.method = method
    self.subject = subject
    self.outcome = outcome
    self.requestID = CallContext.current?.requestID ?? "daemon"
    self.details = details
  }

  /// An entry for what a call of `caller` did.
  package init(
    by caller: Caller, method: String, subject: Subject?, outcome: String = "ok",
    details: String? = nil
  ) {
    self.init(
      by: caller, from: caller.source, method: method, subject: subject, outcome: outcome,
      details: details)
  }

  /// An entry for what the daemon itself does.
  static func ofDaemon(_ method: String, _ subject: Subject) -> AuditEntry {
    var entry = AuditEntry(
      by: nil, from: "daemon", method: method, subject: subject, outcome: "ok")
    entry.userName = "clinicd"
    return entry
  }

  /// The statement that audits what the daemon does to rows, one entry per row.
  ///
  /// - Parameters:
  ///   - resource: what the audit calls such a row; `id` names it.
  ///   - rows: the part of the surrounding statement that holds the rows.
  static func insertOfDaemon(_ method: String, resource: String, id: SQL, of rows: SQL) -> SQL {
    """
    INSERT INTO audit_entries (user_name, source, method, resource_type, resource_id, outcome, \
    request_id) SELECT 'clinicd', 'daemon', '\(raw: method)', '\(raw: resource)', \
    (\(sql: id))::text, 'ok', 'daemon' FROM \(sql: rows)
    """
  }

  static let columns: SQL = """
    user_id, user_name, role, source, method, resource_type, resource_id, outcome, request_id, \
    details
    """

  /// One statement for many entries.
  package static func insert(_ entries: [AuditEntry]) -> SQL {
    """
    INSERT INTO audit_entries (\(sql: columns)) SELECT * FROM \(sql: rows(entries))
    """
  }

  /// Entries as a table, with its columns in the order of ``columns``.
  static func rows(_ entries: [AuditEntry]) -> SQL {
    """
    unnest(\(entries.map(\.userID?.rawValue)), \(entries.map(\.userName)), \
    \(entries.map(\.role?.rawValue)), \(entries.map(\.source)), \(entries.map(\.method)), \
    \(entries.map(\.subject?.type)), \(entries.map(\.subject?.id)), \(entries.map(\.outcome)), \
    \(entries.map(\.requestID)), \(entries.map(\.details)))
    """
  }
}

extension Transaction {
  /// Writes an entry together with what it tells of.
  func audit(_ entry: AuditEntry) { enqueue(AuditEntry.insert([entry])) }
}
