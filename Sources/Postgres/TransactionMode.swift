/// What a transaction may see and do.
public struct TransactionMode: Sendable {
  let begin: SQL
  /// Whether its end may be given up as any query may: nothing depends on it.
  let onlyReads: Bool

  public static let readCommitted = TransactionMode(begin: "BEGIN", onlyReads: false)
  /// Reads only, and everything as of one moment.
  public static let snapshot = TransactionMode(
    begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", onlyReads: true)
}
