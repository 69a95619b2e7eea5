import CLibpq

/// The one owner of a result of libpq's.
@safe final class ResultHandle: @unchecked Sendable {
  private let result: OpaquePointer

  init(_ result: OpaquePointer) {
    unsafe self.result = result
  }

  deinit {
    unsafe PQclear(result)
  }

  var status: ExecStatusType { unsafe PQresultStatus(result) }
  var rowCount: Int { Int(unsafe PQntuples(result)) }
  var columnCount: Int { Int(unsafe PQnfields(result)) }

  /// The rows that the statement changed or returned.
  var affected: Int {
    guard let digits = unsafe PQcmdTuples(result) else { return 0 }
    return unsafe Int(String(cString: digits)) ?? 0
  }

  /// The command tag: what the server says that the statement did, such as `COMMIT`.
  var commandTag: String {
    guard let tag = unsafe PQcmdStatus(result) else { return "" }
    return unsafe String(cString: tag)
  }

  func columnName(_ column: Int) -> String {
    guard let name = unsafe PQfname(result, Int32(column)) else { return "" }
    return unsafe String(cString: name)
  }

  /// The value at a row and a column, which must exist.
  func value(row: Int, column: Int) -> PostgresValue {
    let (row, column) = (Int32(row), Int32(column))
    let type = PostgresType(oid: unsafe PQftype(result, column))
    let count = Int(unsafe PQgetlength(result, row, column))
    // libpq gives the empty string for NULL and for no bytes.
    guard unsafe count > 0 || PQgetisnull(result, row, column) == 0,
      let cell = unsafe PQgetvalue(result, row, column)
    else {
      return unsafe PostgresValue(owner: self, type: type, base: nil, count: 0)
    }
    let base = unsafe UnsafePointer<UInt8>(OpaquePointer(cell))
    return unsafe PostgresValue(owner: self, type: type, base: base, count: count)
  }

  // MARK: Errors

  /// The fields of an error report, by their letters in the protocol.
  enum Field: UInt8 {
    case sqlState = 0x43  // C
    case severity = 0x56  // V
    case constraint = 0x6E  // n
    case table = 0x74  // t
    case column = 0x63  // c
    case routine = 0x52  // R
    case message = 0x4D  // M
  }

  func field(_ field: Field) -> String? {
    guard let text = unsafe PQresultErrorField(result, Int32(field.rawValue)) else { return nil }
    return unsafe String(cString: text)
  }

  /// Whether the session ended with this error.
  var isFatal: Bool {
    let severity = field(.severity)
    return severity == "FATAL" || severity == "PANIC"
  }

  /// Whether the server asks for the statement to be prepared again: its result has another shape
  /// now, or the prepared statement is gone.
  var saysStale: Bool {
    switch field(.sqlState) {
    case "26000": true
    case "0A000": field(.routine) == "RevalidateCachedQuery"
    default: false
    }
  }

  var error: PostgresError { error(withMessage: false) }

  /// - Parameter withMessage: also the server's words, which may quote a value.
  func error(withMessage: Bool) -> PostgresError {
    let sqlState = field(.sqlState)
    return PostgresError(
      sqlState == "57014" ? .timedOut : .server,
      PostgresError.Details(
        sqlState: sqlState, constraint: field(.constraint), table: field(.table),
        column: field(.column), message: withMessage ? field(.message) : nil))
  }
}
