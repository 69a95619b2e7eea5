/// Assembles what goes over the wire from parts that are JSON already. None of it ends in a
/// newline.
public enum MessageWriter {
  public static func appendResponse(id: RequestID, result: [UInt8], to output: inout [UInt8]) {
    output.append(contentsOf: #"{"jsonrpc":"2.0","id":"#.utf8)
    output.append(contentsOf: id.rawBytes)
    output.append(contentsOf: #","result":"#.utf8)
    output.append(contentsOf: result)
    output.append(UInt8(ascii: "}"))
  }

  /// - Parameter id: nil is written as null.
  public static func error(id: RequestID?, _ error: RPCError) -> [UInt8] {
    var output: [UInt8] = []
    appendError(id: id, error, to: &output)
    return output
  }

  /// - Parameter id: nil is written as null.
  public static func appendError(id: RequestID?, _ error: RPCError, to output: inout [UInt8]) {
    var writer = JSONWriter()
    error.write(into: &writer)
    output.append(contentsOf: #"{"jsonrpc":"2.0","id":"#.utf8)
    output.append(contentsOf: (id ?? .null).rawBytes)
    output.append(contentsOf: #","error":"#.utf8)
    output.append(contentsOf: writer.bytes)
    output.append(UInt8(ascii: "}"))
  }

  public static func notification(method: String, params: [UInt8]?) -> [UInt8] {
    call(id: nil, method: method, params: params)
  }

  /// A request as a client sends it, or a notification.
  public static func call(id: RequestID?, method: String, params: [UInt8]?) -> [UInt8] {
    var writer = JSONWriter(capacity: (params?.count ?? 0) + method.utf8.count + 80)
    writer.beginObject()
    writer.member("jsonrpc", "2.0")
    if let id { writer.member("id", raw: id.rawBytes) }
    writer.member("method", method)
    if let params { writer.member("params", raw: params) }
    writer.endObject()
    return writer.finish()
  }
}
