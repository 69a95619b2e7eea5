import JSONRPC

/// `rpc.cancel {id}`: the one method that the server answers itself.
struct CancelParams {
  static let method = "rpc.cancel"

  /// The id of the call to cancel.
  let id: RequestID

  private struct Params: Decodable {
    let id: JSONValue
  }
  private static let fields = MethodParams(fields: [
    MethodParams.Field(name: "id", schema: .any, isRequired: true)
  ])

  init(_ params: JSONValue?) throws(RPCError) {
    do throws(ParamsError) {
      let value = try ParamsReader.decode(Params.self, from: params, names: Self.fields).id
      guard let id = RequestID(value), !id.isNull else {
        throw ParamsError(
          reason: .wrongType, field: "id", message: "An id is a string or a number.")
      }
      self.id = id
    } catch {
      throw error.rpcError
    }
  }

  /// The result of a cancel that was sent as a call.
  static func result(found: Bool) -> [UInt8] {
    Array("{\"cancelled\":\(found)}".utf8)
  }
}
