import JSONRPC

/// `rpc.cancel {id}`: the one method that the server answers itself.
struct CancelParams {
  static let method = "rpc.cancel"

  /// The id of the call to cancel.
  let id: RequestID

  private struct Params: Decodable {
    let id: RequestID
  }
  private static let fields = MethodParams(fields: [
    MethodParams.Field(name: "id", schema: RequestID.jsonSchema, isRequired: true)
  ])

  init(_ params: JSONValue?) throws(RPCError) {
    do throws(ParamsError) {
      id = try ParamsReader.decode(Params.self, from: params, names: Self.fields).id
    } catch {
      throw error.rpcError
    }
  }

  /// The result of a cancel that was sent as a call.
  static func result(found: Bool) -> [UInt8] {
    Array("{\"cancelled\":\(found)}".utf8)
  }
}
