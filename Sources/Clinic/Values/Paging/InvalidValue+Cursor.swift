import JSONRPC

extension InvalidValue {
  /// What every list says to a cursor that it cannot have given.
  static let badCursor = InvalidValue(reason: .malformed, message: "a next_cursor that a list gave")
}
