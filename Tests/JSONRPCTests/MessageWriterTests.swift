import JSONRPC
import Testing

@Suite struct MessageWriterTests {
  let error = RPCError(
    .conflict, reason: "slot_taken", message: "The slot is \"taken\"", ["slot_id": 7, "who": nil])

  @Test func replies() {
    #expect(text(response(RequestID(1), "{}")) == #"{"jsonrpc":"2.0","id":1,"result":{}}"#)
    #expect(
      text(MessageWriter.error(id: RequestID("x"), error))
        == #"{"jsonrpc":"2.0","id":"x","error":{"code":-32004,"message":"The slot is \"taken\"","data":{"reason":"slot_taken","slot_id":7,"who":null}}}"#
    )
    #expect(
      text(MessageWriter.error(id: nil, error)).hasPrefix(#"{"jsonrpc":"2.0","id":null,"error":{"#))
    #expect(
      text(MessageWriter.notification(method: "queue.changed", params: Array("[]".utf8)))
        == #"{"jsonrpc":"2.0","method":"queue.changed","params":[]}"#)
    #expect(
      text(MessageWriter.call(id: RequestID(5), method: "a\n", params: nil))
        == #"{"jsonrpc":"2.0","id":5,"method":"a\n"}"#)
  }

  @Test func errorData() {
    var error = RPCError(
      code: -1, reason: "r", message: "m",
      details: ["reason": "other", "a": true, "b": ["x", "y"]])
    error.append("c", .raw(Array("{}".utf8)))
    error.append("a", false)
    #expect(error.reason == "r")
    #expect(error.data["a"] == false)
    #expect(
      json(error)
        == #"{"code":-1,"message":"m","data":{"reason":"r","a":false,"b":["x","y"],"c":{}}}"#)
    #expect(error.description == "-1 r: m")
  }

  @Test func everyMakerGivesAReason() {
    let errors: [(RPCError, Int, String)] = [
      (
        .parseError(JSONSyntaxError(reason: .invalidUTF8, offset: 3), maxDepth: 64), -32700,
        "parse_error"
      ),
      (
        .parseError(JSONSyntaxError(reason: .nestingTooDeep, offset: 3), maxDepth: 64), -32700,
        "nesting_too_deep"
      ),
      (.messageTooLarge(limit: 1, actual: 2), -32600, "message_too_large"),
      (.batchTooLarge(limit: 1, actual: 2), -32600, "batch_too_large"),
      (.invalidRequest(detail: "x"), -32600, "invalid_request"),
      (.methodNotFound("x", didYouMean: "y"), -32601, "unknown_method"),
      (
        .invalidParams(ParamsError(reason: .missing, field: "a.b", message: "missing")), -32602,
        "missing"
      ),
      (.internalError(requestID: "r"), -32603, "internal_error"),
    ]
    for (error, code, reason) in errors {
      #expect(error.code == code)
      #expect(error.reason == reason)
      #expect(error.data.members.first?.name == "reason")
      #expect(fault(json(error)) == nil)
    }
    #expect(
      json(
        .invalidParams(
          ParamsError(reason: .tooLong, field: "a.b", message: "is too long", details: ["limit": 5])
        ))
        == #"{"code":-32602,"message":"Invalid params: a.b: is too long","data":{"reason":"too_long","field":"a.b","limit":5}}"#
    )
  }

  @Test func whatAServerSends() throws {
    func read(_ text: String) throws -> [ServerMessage]? {
      ServerMessage.read(try JSONDocument(parsing: text))
    }
    let reply = response(RequestID("x"), "[1]")
    let failure = MessageWriter.error(id: RequestID(2), error)
    let notification = MessageWriter.notification(method: "n", params: Array("{}".utf8))
    let all = try read("[\(text(reply)),\(text(failure)),\(text(notification))]")
    #expect(all?.count == 3)
    guard case .result(let id, let value)? = all?[0] else {
      Issue.record("no result")
      return
    }
    #expect(id == RequestID("x"))
    #expect(value.description == "[1]")
    guard case .failure(let id, let error)? = all?[1] else {
      Issue.record("no error")
      return
    }
    #expect(id == RequestID(2))
    #expect(error == self.error)
    guard case .notification("n", let params)? = all?[2] else {
      Issue.record("no notification")
      return
    }
    #expect(params?.count == 0)
    #expect(try read("[]") == nil)
    #expect(try read("1") == nil)
    #expect(try read(#"{"jsonrpc":"2.0","id":1}"#) == nil)
    #expect(try read(#"{"jsonrpc":"2.0","result":1}"#) == nil)
    #expect(try read(#"{"id":1,"result":1}"#) == nil)
    #expect(try read(#"{"jsonrpc":"2.0","id":1,"error":{"code":1.5,"message":"x"}}"#) == nil)
    guard
      case .failure(_, let bare)? = try read(
        #"{"jsonrpc":"2.0","id":1,"error":{"code":5,"message":"x","data":[1]}}"#)?.first
    else {
      Issue.record("no error")
      return
    }
    #expect(bare.code == 5)
    #expect(bare.reason == "")
  }
}
