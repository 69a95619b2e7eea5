import JSONRPC
import Testing

@testable import RPCServer

/// Messages that come whole.
@Suite struct MessageQueueTests {
  private var queue = MessageQueue(limits: JSONLimits(maxBytes: 20, maxDepth: 3))

  private mutating func event(of text: String) -> String {
    queue.receive(Array(text.utf8).span)
    return switch queue.next() {
    case .message(let document): String(decoding: document.root.rawBytes, as: UTF8.self)
    case .syntaxError(let error): error.reason
    case .fatal: "fatal"
    case nil: "nothing"
    }
  }

  @Test mutating func oneMessageIsOneValue() {
    #expect(event(of: #" {"a":1} "#) == #"{"a":1}"#)
    #expect(event(of: "1 2") == "parse_error")
    #expect(event(of: "") == "parse_error")
    #expect(event(of: "[[[[1]]]]") == "nesting_too_deep")
    #expect(event(of: #""0123456789012345678""#) == "message_too_large")
  }

  @Test mutating func whatIsHalfIsNotCompletedByTheNext() {
    #expect(event(of: #"{"a":"#) == "parse_error")
    #expect(event(of: "1}") == "parse_error")
    #expect(event(of: "[]") == "[]")
  }

  @Test mutating func itIsFinishedWhenTheLastIsTaken() {
    queue.receive(Array("1".utf8).span)
    queue.finish()
    #expect(!queue.isFinished)
    _ = queue.next()
    #expect(queue.isFinished)
  }
}
