// The errors of JSON-RPC itself. Those whose message the specification words keep that wording, and
// say more in `detail`.
extension RPCError {
  /// The text is not JSON, or nested too deep.
  /// - Parameter maxDepth: the limit that a text nested too deep has passed.
  public static func parseError(_ error: JSONSyntaxError, maxDepth: Int) -> RPCError {
    if error.reason == .nestingTooDeep { return nestingTooDeep(limit: maxDepth) }
    return RPCError(
      .parseError, reason: "parse_error", message: "Parse error",
      [
        "detail": .string(error.description), "fault": .string(error.reason.rawValue),
        "offset": .int(error.offset),
      ])
  }

  /// An HTTP request on a listener that speaks plain JSON-RPC.
  public static let httpRequest = RPCError(
    .parseError, reason: "http_request", message: "Parse error",
    ["detail": "this listener speaks JSON-RPC without HTTP; that is for the web listener"])

  public static func nestingTooDeep(limit: Int) -> RPCError {
    RPCError(
      .parseError, reason: "nesting_too_deep", message: "Parse error",
      ["detail": "nested too deep", "limit": .int(limit), "actual": .int(limit + 1)])
  }

  /// - Parameter actual: how many bytes had come when the message was refused.
  public static func messageTooLarge(limit: Int, actual: Int) -> RPCError {
    tooLarge("message_too_large", "the message is too large", limit, actual)
  }

  /// - Parameter actual: how many items the batch has.
  public static func batchTooLarge(limit: Int, actual: Int) -> RPCError {
    tooLarge("batch_too_large", "the batch has too many items; none was run", limit, actual)
  }

  private static func tooLarge(
    _ reason: String, _ detail: String, _ limit: Int, _ actual: Int
  ) -> RPCError {
    RPCError(
      .invalidRequest, reason: reason, message: "Invalid Request",
      ["detail": .string(detail), "limit": .int(limit), "actual": .int(actual)])
  }

  /// JSON, but not a Request object.
  public static func invalidRequest(
    reason: String = "invalid_request", detail: String
  ) -> RPCError {
    RPCError(
      .invalidRequest, reason: reason, message: "Invalid Request", ["detail": .string(detail)])
  }

  /// - Parameter didYouMean: a method with nearly this name.
  public static func methodNotFound(_ name: String, didYouMean: String? = nil) -> RPCError {
    var error = RPCError(
      .methodNotFound, reason: "unknown_method", message: "Method not found",
      ["method": .string(String(name.prefix(100)))])
    if let didYouMean { error.append("did_you_mean", .string(didYouMean)) }
    return error
  }

  public static func invalidParams(_ error: ParamsError) -> RPCError {
    var data: Details = [:]
    if let field = error.field { data.append("field", .string(field)) }
    for member in error.details.members {
      data.append(member.name, member.value)
    }
    return RPCError(
      .invalidParams, reason: error.reason.rawValue, message: "Invalid params: \(error)", data)
  }

  /// - Parameter requestID: the word by which the log can be searched.
  public static func internalError(requestID: String) -> RPCError {
    RPCError(
      .internalError, reason: "internal_error", message: "Internal error",
      ["request_id": .string(requestID)])
  }
}
