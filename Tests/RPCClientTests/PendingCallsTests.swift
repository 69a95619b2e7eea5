import JSONRPC
import Testing

@testable import RPCClient

@Suite struct PendingCallsTests {
  @Test func eachCallIsTakenOnce() {
    var calls = PendingCalls<String>()
    calls.add(1, deadline: nil, "one")
    calls.add(2, deadline: nil, "two")
    #expect(calls.take(RequestID(2)) == "two")
    #expect(calls.take(RequestID(2)) == nil)
    #expect(calls.take(RequestID("1")) == nil)
    #expect(calls.take(.null) == nil)
    #expect(calls.nextDeadline == nil)
    #expect(calls.takeAll() == ["one"])
    #expect(calls.isEmpty)
  }

  @Test func callsExpireInTheirOwnTime() {
    let start = ContinuousClock.now
    var calls = PendingCalls<String>()
    calls.add(1, deadline: start + .seconds(2), "late")
    calls.add(2, deadline: start + .seconds(1), "soon")
    calls.add(3, deadline: nil, "patient")
    #expect(calls.nextDeadline == start + .seconds(1))
    #expect(calls.takeExpired(at: start).isEmpty)
    #expect(calls.takeExpired(at: start + .seconds(1)).map(\.id) == [2])
    #expect(calls.nextDeadline == start + .seconds(2))
    #expect(calls.takeExpired(at: start + .seconds(9)).map(\.1) == ["late"])
    #expect(calls.count == 1)
  }
}
