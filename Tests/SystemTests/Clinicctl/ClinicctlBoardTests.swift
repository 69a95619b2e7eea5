import JSONRPC
import RPCClient
import Testing

@testable import clinicctl

@Suite struct ClinicctlBoardTests {
  private let start = ContinuousClock.now

  private static let snapshot = #"""
    {"date":"2026-01-31","version":7,"tokens":[],"board":{
      "serving":[{"token":"2026-01-31-007","room":"3","state":"WITH_DOCTOR","doctor_label":"Dr. Ruiz"},
                 {"token":"2026-01-31-005","room":"1","state":"WITH_DOCTOR","doctor_label":null}],
      "next":[{"token":"2026-01-31-008","room":null,"state":"WAITING","doctor_label":null},
              {"token":"2026-01-31-009","room":null,"state":"WAITING","doctor_label":null},
              {"token":"2026-01-31-010","room":null,"state":"WAITING","doctor_label":null}],
      "waiting":12,"estimated_wait_minutes":25}}
    """#

  private func json(_ text: String) throws -> JSONValue { try JSONDocument(parsing: text).root }

  private func state() throws -> BoardState {
    var state = BoardState(at: start)
    state.apply(.snapshot(try json(Self.snapshot), reason: nil), at: start)
    return state
  }

  private func draw(_ state: BoardState, _ columns: Int, _ rows: Int, after: Duration = .zero)
    -> String
  {
    BoardScreen(columns: columns, rows: rows, style: .plain).lines(state, at: start + after)
      .joined(separator: "\n")
  }

  @Test func aLargeWindow() throws {
    #expect(
      try draw(state(), 50, 14, after: .seconds(65)) == """
        Queue of 2026-01-31        live, changed 1 min ago

        NOW SERVING
          007  room 3  Dr. Ruiz
          005  room 1

        NEXT
          008
          009
          010



        12 waiting, about 25 min for a newcomer
        """)
  }

  @Test func aSmallWindowSaysTheSameInLess() throws {
    #expect(
      try draw(state(), 24, 9) == """
        live, changed 0 s ago
        Queue of 2026-01-31
        NOW SERVING
          007  room 3  Dr. Ruiz
          005  room 1
        NEXT
          008
          and 2 more
        12 waiting, about 25 mi…
        """)
    #expect(
      try draw(state(), 48, 4) == """
        Queue of 2026-01-31        live, changed 0 s ago
        now 007 005
        next 008 009 010
        12 waiting, about 25 min for a newcomer
        """)
    #expect(try draw(state(), 30, 4).hasPrefix("Queue of 2026-01-31       live\n"))
    #expect(try draw(state(), 40, 1) == "live: now 007 005, next 008 009 010")
  }

  @Test func anyWindowIsFilledAndNeverExceeded() throws {
    var silent = try state()
    silent.apply(
      .disconnected(RPCClientError.connectionLost, retryIn: .seconds(1)), at: start + .seconds(5))
    for state in [BoardState(at: start), try state(), silent] {
      for rows in 0...20 {
        for columns in [0, 1, 5, 12, 23, 24, 40, 79, 200] {
          let screen = BoardScreen(columns: columns, rows: rows, style: .plain)
          let lines = screen.lines(state, at: start + .seconds(70))
          #expect(lines.count <= rows, "\(columns) x \(rows)")
          #expect(lines.allSatisfy { DisplayWidth.of($0) <= columns }, "\(columns) x \(rows)")
        }
      }
    }
  }

  @Test func itSaysWhenNothingIsKnownAboutThePresent() throws {
    var state = try state()
    state.apply(
      .disconnected(RPCClientError.connectionLost, retryIn: .seconds(1)), at: start + .seconds(10))
    state.apply(
      .disconnected(
        RPCClientError.unreachable(.unix(path: "/x"), reason: "nobody listens there"),
        retryIn: .seconds(2)), at: start + .seconds(12))
    let silent = draw(state, 80, 20, after: .seconds(25))
    // Since the first of the failures.
    #expect(silent.contains("NO NEWS for 15 s, reconnecting"))
    #expect(
      silent.contains("What is below may be outdated: no server at /x: nobody listens there."))
    #expect(silent.contains("007"))

    state.apply(.resumed, at: start + .seconds(30))
    #expect(draw(state, 80, 20, after: .seconds(30)).contains("live, changed 30 s ago"))
    #expect(draw(BoardState(at: start), 80, 20).contains("connecting"))
  }

  @Test func aChangeWithoutABoardChangesNothing() throws {
    var state = try state()
    let before = draw(state, 80, 20)
    state.apply(.change(try json(#"{"kind":"change","version":8}"#)), at: start + .seconds(9))
    #expect(draw(state, 80, 20) == before)
  }

  @Test func emphasisAddsNoWidth() throws {
    let plain = BoardScreen(columns: 60, rows: 12, style: .plain).lines(try state(), at: start)
    let bright = BoardScreen(columns: 60, rows: 12, style: Style(isEnabled: true))
      .lines(try state(), at: start)
    #expect(bright != plain)
    let stripped = bright.map { line in
      line.split(separator: "\u{1b}[", omittingEmptySubsequences: false).enumerated()
        .map { $0 == 0 ? $1 : $1.drop { $0 != "m" }.dropFirst() }.joined()
    }
    #expect(stripped == plain)
  }

  @Test func eventsAsLines() throws {
    var board = BoardLines(at: start)
    func lines(_ event: SubscriptionEvent) -> [String] { board.lines(event, at: start) }
    #expect(
      lines(.snapshot(try json(Self.snapshot), reason: nil)) == [
        "queue of 2026-01-31: 2 being served, 12 waiting, about 25 min for a newcomer",
        "007 WITH_DOCTOR  room 3  Dr. Ruiz", "005 WITH_DOCTOR  room 1",
      ])
    let change = #"""
      {"kind":"change","date":"2026-01-31","version":8,
       "tokens":[{"token":"2026-01-31-008","room":"2","state":"WITH_DOCTOR","doctor_label":"Dr. Li"}],
       "board":{"serving":[],"next":[],"waiting":11,"estimated_wait_minutes":null}}
      """#
    #expect(
      lines(.change(try json(change))) == [
        "008 WITH_DOCTOR  room 2  Dr. Li", "0 being served, 11 waiting",
      ])
    let staff =
      #"{"kind":"change","version":9,"token":{"token":"2026-01-31-009","status":"SKIPPED"}}"#
    #expect(lines(.change(try json(staff))) == ["009 SKIPPED"])
    #expect(lines(.change(try json(#"{"kind":"change","version":10}"#))).isEmpty)
    let lost = SubscriptionEvent.disconnected(RPCClientError.connectionLost, retryIn: .zero)
    #expect(
      lines(lost) == [
        "no news: the connection was lost before the answer came; trying again"
      ])
    #expect(lines(lost).isEmpty)
    #expect(lines(.resumed) == ["connected again, nothing was missed"])
    #expect(
      lines(.snapshot(try json(Self.snapshot), reason: "new_day")).first
        == "queue of 2026-01-31 (new day): 2 being served, 12 waiting, about 25 min for a newcomer")
  }

  @Test func eventsAsJSON() throws {
    var board = BoardJSON()
    func line(_ event: SubscriptionEvent) -> String? {
      board.line(event).map { String(decoding: $0, as: UTF8.self) }
    }
    let lost = SubscriptionEvent.disconnected(RPCClientError.serverStopping, retryIn: .zero)
    let snapshot = SubscriptionEvent.snapshot(try json(#"{"version":7}"#), reason: nil)
    #expect(line(snapshot) == #"{"kind":"snapshot","version":7}"#)
    #expect(line(lost) == #"{"kind":"disconnected","message":"the server is stopping"}"#)
    #expect(line(lost) == nil)
    #expect(line(.resumed) == #"{"kind":"resumed"}"#)
    #expect(line(lost) != nil)
  }
}
