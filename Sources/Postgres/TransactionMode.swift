/// What a transaction may see and do.
public struct TransactionMode: Sendable {
  let begin: SQL

  public static let readCommitted = TransactionMode(begin: "BEGIN")
  /// Reads only, and everything as of one moment.
  public static let snapshot = TransactionMode(
    begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
}
