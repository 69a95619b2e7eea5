import JSONRPC

/// `rpc.cancel {id}`: the one method that the server answers itself.
struct CancelParams {
  static let method = "rpc.cancel"

  /// The id of the call to cancel.
  let id: RequestID

  init(_ params: JSONValue?) throws(RPCError) {
    guard let params else { throw Self.error(.missing, "The id of a call is needed.") }
    let value: JSONValue?
    switch params.kind {
    case .array:
      guard params.count <= 1 else {
        throw Self.error(.tooManyParams, "There is one parameter, the id of a call.")
      }
      value = params[0]
    default:
      for (name, _) in params.members where name != "id" {
        throw ParamsError(
          reason: .unknownParam, field: name, message: "There is one parameter, id."
        ).rpcError
      }
      value = params["id"]
    }
    guard let value else { throw Self.error(.missing, "The id of a call is needed.") }
    guard let id = RequestID(value), !id.isNull else {
      throw Self.error(.wrongType, "An id is a string or a number.")
    }
    self.id = id
  }

  /// The result of a cancel that was sent as a call.
  static func result(found: Bool) -> [UInt8] {
    Array("{\"cancelled\":\(found)}".utf8)
  }

  private static func error(_ reason: ParamsError.Reason, _ message: String) -> RPCError {
    ParamsError(reason: reason, field: "id", message: message).rpcError
  }
}
