/// Why the database did not do what it was asked.
///
/// The description holds the kind, the SQLSTATE and the constraint's name: nothing of the
/// statement, its values or the server's message, so that it may appear in any log or reply.
public struct PostgresError: Error, Sendable {
  public enum Kind: Sendable {
    /// The server refused the statement; ``PostgresError/sqlState`` gives the reason.
    case server
    /// The connection broke while the statement was in flight. A transaction was not committed and
    /// may be run again; whether a statement outside one has had its effect is not known.
    case connectionLost
    /// There is no connection. Nothing was sent.
    case unavailable
    /// The calling task was cancelled. A transaction was not committed; whether a statement outside
    /// one has had its effect is not known, unless there is an ``PostgresError/sqlState``.
    case cancelled
    /// The server's time limit on the statement has passed.
    case timedOut
    /// A result does not have the type that the caller reads.
    case decoding
    /// COMMIT was sent and no answer came: the transaction is in effect entirely or not at all.
    case outcomeUnknown
  }

  final class Details: Sendable {
    let sqlState: String?
    let constraint: String?
    let table: String?
    let column: String?
    let message: String?

    init(
      sqlState: String? = nil, constraint: String? = nil, table: String? = nil,
      column: String? = nil, message: String? = nil
    ) {
      self.sqlState = sqlState
      self.constraint = constraint
      self.table = table
      self.column = column
      self.message = message
    }
  }

  public let kind: Kind
  let details: Details?

  init(_ kind: Kind, _ details: Details? = nil) {
    self.kind = kind
    self.details = details
  }

  /// The five characters of the server's error code.
  public var sqlState: String? { details?.sqlState }
  /// The violated constraint.
  public var constraint: String? { details?.constraint }
  public var table: String? { details?.table }
  /// The column of a violated constraint, or of a value that could not be decoded.
  public var column: String? { details?.column }
  /// Why a connection could not be made (libpq's words), or a script not be run (the server's
  /// words): for the operator's log, not for callers.
  public var message: String? { details?.message }

  static let connectionLost = PostgresError(.connectionLost)
  static let unavailable = PostgresError(.unavailable)
  static let cancelled = PostgresError(.cancelled)
  public static let decoding = PostgresError(.decoding)
  static let outcomeUnknown = PostgresError(.outcomeUnknown)
  /// The transaction is over already.
  static let finished = PostgresError(.server, Details(sqlState: "25P01"))

  func at(column: String) -> PostgresError {
    PostgresError(kind, Details(sqlState: sqlState, column: column, message: message))
  }
}

extension PostgresError: CustomStringConvertible {
  public var description: String {
    var text = "postgres: \(kind)"
    if let sqlState { text += " \(sqlState)" }
    if let constraint { text += " \(constraint)" }
    return text
  }
}
