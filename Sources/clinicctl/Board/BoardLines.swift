import JSONRPC
import RPCClient

/// Tells the events of a queue line by line.
struct BoardLines {
  private var isDisconnected = false
  private var state: BoardState

  init(at now: ContinuousClock.Instant) { state = BoardState(at: now) }

  /// The lines of an event; none for an event that changes nothing.
  mutating func lines(_ event: SubscriptionEvent, at now: ContinuousClock.Instant) -> [String] {
    let before = state.board
    state.apply(event, at: now)
    switch event {
    case .snapshot(_, let reason):
      isDisconnected = false
      return [headline(reason)] + (state.board?.serving.map { token($0) } ?? [])
    case .change(let change):
      let tokens = Self.tokens(change)
      if !tokens.isEmpty { return tokens.map { token($0) } + (counts(before).map { [$0] } ?? []) }
      return counts(before).map { [$0] } ?? []
    case .resumed:
      isDisconnected = false
      return ["connected again, nothing was missed"]
    case .disconnected(let error, _):
      guard !isDisconnected else { return [] }
      isDisconnected = true
      return ["no news: \(BoardState.reason(error)); trying again"]
    }
  }

  private func headline(_ reason: String?) -> String {
    let why = reason.map { $0.isEmpty ? "" : " (\(CellText.heading($0)))" } ?? ""
    return "queue of \(state.date ?? "today")\(why): \(Self.counts(state.board))"
  }

  private func token(_ token: BoardState.Token) -> String {
    let place = token.place
    return "\(token.number) \(Printable.text(token.state))\(place.isEmpty ? "" : "  \(place)")"
  }

  /// The counts as text; nil when they are unchanged.
  private func counts(_ before: BoardState.Board?) -> String? {
    guard let board = state.board,
      board.waiting != before?.waiting || board.estimatedWaitMinutes != before?.estimatedWaitMinutes
    else { return nil }
    return Self.counts(board)
  }

  private static func counts(_ board: BoardState.Board?) -> String {
    guard let board else { return "nothing is known" }
    let wait = board.estimatedWaitMinutes.map { ", about \($0) min for a newcomer" } ?? ""
    return "\(board.serving.count) being served, \(board.waiting) waiting\(wait)"
  }

  /// What moved: `token`, or `tokens`, as boards see them or as staff do.
  private static func tokens(_ change: JSONValue) -> [BoardState.Token] {
    let values = change["tokens"].map { Array($0.elements) } ?? [change["token"]].compactMap { $0 }
    return values.compactMap { value in
      guard let name = value["token"]?.string else { return nil }
      let state = value["state"] ?? value["status"]
      return BoardState.Token(
        token: name, room: value["room"]?.string, state: state?.string ?? "changed",
        doctorLabel: value["doctor_label"]?.string)
    }
  }
}
