import JSONRPC
import Testing

@testable import RPCClient

@Suite struct SubscriptionCursorTests {
  private func json(_ text: String) throws -> JSONValue { try JSONDocument(parsing: text).root }

  private func started(date: String = "2026-01-31", version: Int = 7) throws -> SubscriptionCursor {
    var cursor = SubscriptionCursor()
    let events = try cursor.start(
      json(
        #"{"subscription":"s1","date":"\#(date)","version":\#(version),"snapshot":{"tokens":[]}}"#))
    guard case .snapshot(let state, reason: nil) = events.first else {
      Issue.record("no snapshot first")
      return cursor
    }
    #expect(state["tokens"]?.count == 0)
    return cursor
  }

  private func change(_ version: Int, subscription: String = "s1") throws -> JSONValue {
    try json(
      #"{"subscription":"\#(subscription)","result":{"kind":"change","version":\#(version)}}"#)
  }

  @Test func countsVersionsUp() throws {
    var cursor = try started()
    for version in 8...10 {
      guard case .tell(.change(let body)) = cursor.receive(try change(version)) else {
        Issue.record("version \(version) was not told")
        return
      }
      #expect(body["version"]?.int == version)
    }
    #expect(cursor.position == .init(date: "2026-01-31", version: 10))
  }

  @Test func ignoresWhatItHasSeenAndWhatIsForOthers() throws {
    var cursor = try started()
    guard case .ignore = cursor.receive(try change(7)) else {
      Issue.record("a version came twice")
      return
    }
    #expect(cursor.receive(try change(8, subscription: "s2")) == nil)
    #expect(cursor.receive(nil) == nil)
    #expect(cursor.position?.version == 7)
  }

  @Test(arguments: [
    #"{"kind":"change","version":9}"#, #"{"kind":"change"}"#,
    #"{"kind":"change","version":8,"date":"2026-02-01"}"#, #"{"kind":"snapshot","version":8}"#,
  ])
  func noticesAGap(_ body: String) throws {
    var cursor = try started()
    guard case .gap = cursor.receive(try json(#"{"subscription":"s1","result":\#(body)}"#)) else {
      Issue.record("the gap was not noticed")
      return
    }
    #expect(cursor.position?.version == 7)
  }

  @Test func aSnapshotSetsThePosition() throws {
    var cursor = try started()
    let message = try json(
      #"{"subscription":"s1","result":{"kind":"snapshot","reason":"new_day","date":"2026-02-01","version":1}}"#
    )
    guard case .tell(.snapshot(_, reason: "new_day")) = cursor.receive(message) else {
      Issue.record("no snapshot")
      return
    }
    #expect(cursor.position == .init(date: "2026-02-01", version: 1))
    guard case .tell(.change) = cursor.receive(try change(2)) else {
      Issue.record("no change after the snapshot")
      return
    }
  }

  @Test func goesOnFromAReplay() throws {
    var cursor = try started()
    let events = try cursor.start(
      json(
        #"{"subscription":9,"date":"2026-01-31","version":9,"replay":[{"kind":"change","version":7},{"version":8},{"kind":"change","version":9}]}"#
      ))
    guard events.count == 3, case .resumed = events[0], case .change = events[1],
      case .change(let last) = events[2]
    else {
      Issue.record("\(events)")
      return
    }
    #expect(last["version"]?.int == 9)
    #expect(cursor.position?.version == 9)
    let next = try json(#"{"subscription":9,"result":{"kind":"change","version":10}}"#)
    guard case .tell(.change) = cursor.receive(next) else {
      Issue.record("no change after the replay")
      return
    }
  }

  @Test func endsAreTold() throws {
    var cursor = try started()
    let shutdown = try json(#"{"subscription":"s1","result":{"kind":"shutdown"}}"#)
    guard case .stopping = cursor.receive(shutdown) else {
      Issue.record("the shutdown was not noticed")
      return
    }
    let closed = try json(
      #"{"subscription":"s1","result":{"kind":"closed","reason":"token_expired"}}"#)
    guard case .ended("token_expired") = cursor.receive(closed) else {
      Issue.record("the end was not noticed")
      return
    }
    let future = try json(#"{"subscription":"s1","result":{"kind":"of a later version"}}"#)
    guard case .ignore = cursor.receive(future) else {
      Issue.record("an unknown kind was not ignored")
      return
    }
  }

  @Test(arguments: [
    "{}", #"{"subscription":"s"}"#, #"{"subscription":"s","snapshot":{}}"#,
    #"{"subscription":"s","date":"2026-01-31","version":1,"replay":[]}"#,
  ])
  func refusesAReplyWithoutAState(_ reply: String) throws {
    var cursor = SubscriptionCursor()
    #expect(throws: RPCClientError.self) { try cursor.start(try json(reply)) }
  }
}
