import JSONRPC
import Testing

@testable import RPCServer

/// The state machine alone: text in, actions and text out.
struct ConnectionStateTests {
  var driver = StateDriver()

  @Test mutating func aCallStartsAndItsReplyGoesOutWithTheTerminatorOfTheClient() {
    driver.receive(#"{"jsonrpc":"2.0","id":7,"method":"a"}"# + "\r\n")
    #expect(driver.started == ["a"])
    driver.complete("a", #"{"x":1}"#)
    #expect(driver.output == #"{"jsonrpc":"2.0","id":7,"result":{"x":1}}"# + "\r\n")
  }

  @Test mutating func aNewlineThatComesLaterCountsForTheReply() {
    driver.receive(#"{"jsonrpc":"2.0","id":7,"method":"a"}"#)
    driver.receive("\r\n")
    driver.complete("a", "1")
    #expect(driver.output.hasSuffix("}\r\n"))
  }

  @Test mutating func aNotificationGetsNothing() {
    driver.receive(#"{"jsonrpc":"2.0","method":"a"}"# + "\n")
    driver.complete("a")
    #expect(driver.output == "")
  }

  @Test mutating func noMoreThanTheLimitRunAndTheOthersFollowInOrder() {
    driver = StateDriver { $0.callsInFlight = 2 }
    for name in ["a", "b", "c", "d"] { driver.call(name) }
    #expect(driver.started == ["a", "b"])
    driver.complete("b")
    driver.complete("a")
    #expect(driver.started == ["a", "b", "c", "d"])
  }

  @Test mutating func inputIsUnwantedWhenTheWaitingCallsFillTheirBuffer() {
    driver = StateDriver {
      $0.callsInFlight = 1
      $0.waitingBytes = 400
    }
    driver.call("a")
    #expect(driver.state.wantsInput)
    for name in ["b", "c", "d", "e"] { driver.call(name) }
    #expect(!driver.state.wantsInput)
    driver.complete("a")
    driver.complete("b")
    #expect(driver.state.wantsInput)
    driver.complete("c")
    driver.complete("d")
    #expect(driver.started == ["a", "b", "c", "d", "e"])
  }

  @Test mutating func aClientThatDoesNotReadStartsNothing() {
    driver.state.isWritable = false
    driver.call("a")
    #expect(driver.started == [])
    #expect(!driver.state.wantsInput)
    driver.state.isWritable = true
    driver.work()
    #expect(driver.started == ["a"])
  }

  // MARK: Barriers

  @Test mutating func aBarrierWaitsForTheCallsBeforeItAndHoldsThoseAfterIt() {
    driver.call("a")
    driver.call("auth.login")
    driver.call("b")
    #expect(driver.started == ["a"])
    driver.complete("a")
    #expect(driver.started == ["a", "auth.login"])
    driver.complete("auth.login")
    #expect(driver.started == ["a", "auth.login", "b"])
  }

  // MARK: Batches

  @Test mutating func aBatchIsOneReplyInTheOrderOfTheOutcomes() {
    driver.receive(
      #"[{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","method":"n"},"#
        + #"{"jsonrpc":"2.0","id":2,"method":"b"}]"# + "\n")
    #expect(driver.started == ["a", "n", "b"])
    driver.complete("b", "2")
    driver.complete("a", "1")
    #expect(driver.output == "")
    driver.complete("n", "0")
    #expect(
      driver.output == #"[{"jsonrpc":"2.0","id":2,"result":2},{"jsonrpc":"2.0","id":1,"result":1}]"#
        + "\n")
  }

  @Test mutating func aBatchOfNotificationsGetsNothing() {
    driver.receive(#"[{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"b"}]"#)
    driver.complete("a")
    driver.complete("b")
    #expect(driver.output == "")
  }

  @Test mutating func aBatchOverTheLimitRunsNothing() {
    driver = StateDriver { $0.batchItems = 2 }
    let item = #"{"jsonrpc":"2.0","id":1,"method":"a"}"#
    driver.receive("[\(item),\(item),\(item)]\n")
    #expect(driver.started == [])
    #expect(driver.output.contains(#""reason":"batch_too_large""#))
    #expect(driver.output.contains(#""id":null"#))
  }

  @Test mutating func aBatchMayBeLargerThanTheNumberOfCallsThatMayRun() {
    driver = StateDriver { $0.callsInFlight = 1 }
    driver.receive(
      #"[{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","id":2,"method":"b"}]"#)
    driver.complete("a", "1")
    driver.complete("b", "2")
    #expect(driver.output.hasPrefix("[{"))
    #expect(driver.output.hasSuffix("}]\n\n"))
  }

  @Test mutating func invalidItemsAreAnsweredAmongTheOthers() {
    driver.receive(#"[1,{"jsonrpc":"2.0","id":2,"method":"a"}]"# + "\n")
    driver.complete("a", "2")
    #expect(driver.output.contains("-32600"))
    #expect(driver.output.contains(#"{"jsonrpc":"2.0","id":2,"result":2}"#))
  }

  // MARK: rpc.cancel

  @Test mutating func cancelTellsTheRunningCallAndItsReplyStillComes() {
    driver.call("a", id: #""x""#)
    driver.receive(#"{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":"x"}}"# + "\n")
    #expect(driver.cancelled == ["a"])
    #expect(driver.output == "")
    driver.complete("a")
    #expect(driver.output.contains(#""id":"x""#))
  }

  @Test mutating func cancelRemovesAWaitingCallAlsoWhenNoMoreMayRun() {
    driver = StateDriver { $0.callsInFlight = 1 }
    driver.call("a", id: "1")
    driver.call("b", id: "2")
    driver.receive(#"{"jsonrpc":"2.0","id":3,"method":"rpc.cancel","params":[2]}"# + "\n")
    #expect(driver.output.contains(#""reason":"cancelled""#))
    #expect(driver.output.contains(#"{"jsonrpc":"2.0","id":3,"result":{"cancelled":true}}"#))
    driver.complete("a")
    #expect(driver.started == ["a"])
  }

  @Test mutating func cancelOfNothingSaysSo() {
    driver.receive(#"{"jsonrpc":"2.0","id":3,"method":"rpc.cancel","params":{"id":9}}"# + "\n")
    #expect(driver.output.contains(#"{"cancelled":false}"#))
  }

  @Test(
    arguments: [
      ("", #""reason":"missing","field":"id""#),
      (#","params":{}"#, #""reason":"missing","field":"id""#),
      (#","params":[]"#, #""reason":"missing","field":"id""#),
      (#","params":{"id":null}"#, #""reason":"wrong_type","field":"id""#),
      (#","params":{"id":[1]}"#, #""reason":"wrong_type","field":"id""#),
      (#","params":{"idd":1}"#, #""did_you_mean":"id""#),
      (#","params":{"id":1,"id":2}"#, #""reason":"duplicate_member","field":"id""#),
      (#","params":[1,2]"#, #""limit":1,"actual":2"#),
    ])
  mutating func cancelWantsOneID(params: String, why: String) {
    driver.receive(#"{"jsonrpc":"2.0","id":3,"method":"rpc.cancel"\#(params)}"# + "\n")
    #expect(driver.output.contains("-32602") && driver.output.contains(why))
  }

  // MARK: Ends

  @Test mutating func whatWasReadBeforeTheInputEndedIsAnsweredAndThenItIsFinished() {
    driver.call("a")
    driver.call("b")
    driver.state.inputEnded()
    driver.work()
    #expect(!driver.isFinished)
    driver.complete("a")
    driver.complete("b")
    #expect(driver.isFinished)
    #expect(driver.output.count(where: { $0 == "\n" }) == 2)
  }

  @Test mutating func aClientThatSaysNothingIsFinishedAtOnce() {
    driver.state.inputEnded()
    driver.work()
    #expect(driver.isFinished)
    #expect(driver.output == "")
  }

  @Test mutating func anIncompleteMessageAtTheEndIsASyntaxError() {
    driver.receive(#"{"jsonrpc":"2.0","id":1,"#)
    driver.state.inputEnded()
    driver.work()
    #expect(driver.output.contains("-32700"))
    #expect(driver.isFinished)
  }

  @Test mutating func aSyntaxErrorOnOneLineIsAnsweredAndTheNextLineIsRead() {
    driver.receive("{oops\n")
    driver.call("a")
    #expect(driver.output.contains("-32700"))
    #expect(driver.started == ["a"])
    #expect(!driver.isFinished)
  }

  @Test mutating func aTooLargeMessageIsAnsweredAndThoseBeforeItToo() {
    driver = StateDriver { $0.messageBytes = 100 }
    driver.call("a")
    driver.receive("[\"" + String(repeating: "x", count: 200))
    #expect(driver.output.contains(#""reason":"message_too_large""#))
    #expect(!driver.isFinished)
    #expect(!driver.state.wantsInput)
    driver.complete("a")
    #expect(driver.isFinished)
    #expect(driver.output.contains(#""result""#))
  }

  @Test mutating func aDrainRefusesWhatWaitsAndWhatComesAndAnswersWhatRuns() {
    driver = StateDriver { $0.callsInFlight = 1 }
    driver.call("a")
    driver.call("b")
    driver.state.drain()
    driver.work()
    #expect(driver.output.count(of: #""reason":"stopping""#) == 1)
    driver.call("c")
    #expect(driver.output.count(of: #""reason":"stopping""#) == 2)
    #expect(!driver.isFinished)
    driver.complete("a")
    #expect(driver.isFinished)
    #expect(driver.started == ["a"])
  }

  @Test mutating func anAbortSendsItsErrorAndWaitsForWhatRuns() {
    driver = StateDriver { $0.callsInFlight = 1 }
    driver.call("a")
    driver.call("b")
    driver.state.abort(with: .tooManyConnections(limit: 1, actual: 2))
    driver.work()
    #expect(driver.output.contains(#"{"reason":"too_many_connections","limit":1,"actual":2}"#))
    driver.call("c")
    #expect(!driver.isFinished)
    driver.complete("a")
    #expect(driver.isFinished)
    #expect(driver.started == ["a"])
  }

  @Test mutating func anAbortLosesNoReplyOfABatch() {
    driver = StateDriver { $0.callsInFlight = 1 }
    driver.receive(
      #"[{"jsonrpc":"2.0","id":"a","method":"a"},{"jsonrpc":"2.0","id":"b","method":"b"}]"# + "\n")
    driver.work()
    driver.state.abort(with: .tooManyConnections(limit: 1, actual: 2))
    driver.work()
    #expect(!driver.isFinished)
    driver.complete("a")
    #expect(driver.isFinished)
    #expect(driver.started == ["a"])
    #expect(driver.output.contains(#""id":"a","result""#))
    #expect(driver.output.contains(#""id":"b","error""#))
  }

  @Test mutating func ofAClientThatIsGoneNotificationsAloneStart() {
    driver = StateDriver { $0.callsInFlight = 1 }
    driver.call("a")
    driver.call("b")
    for name in ["n", "m"] { driver.receive(#"{"jsonrpc":"2.0","method":"\#(name)"}"#) }
    driver.receive(#"{"jsonrpc":"2.0","#)
    driver.state.abandon()
    driver.work()
    driver.complete("a")
    driver.complete("n")
    #expect(!driver.isFinished)
    driver.complete("m")
    #expect(driver.isFinished)
    #expect(driver.started == ["a", "n", "m"])
    #expect(driver.output == "")
  }

  @Test mutating func aMessageCutAnywhereIsTheSame() {
    let text =
      #"[{"jsonrpc":"2.0","id":"ü","method":"a"}]"# + "\n"
      + #"{"jsonrpc":"2.0","id":2,"method":"b"}"#
      + "\n"
    let bytes = Array(text.utf8)
    for cut in bytes.indices {
      var driver = StateDriver()
      driver.receive(Array(bytes[..<cut]))
      driver.receive(Array(bytes[cut...]))
      #expect(driver.started == ["a", "b"])
      #expect(driver.output == "")
    }
  }
}
