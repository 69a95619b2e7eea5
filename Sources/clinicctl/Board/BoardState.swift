import JSONRPC
import RPCClient

/// What is known about the queue, and whether it is still true.
struct BoardState {
  /// A token as a board shows it.
  struct Token: Decodable, Equatable {
    var token: String
    var room: String?
    var state: String
    var doctorLabel: String?

    /// The number that is called out: `007` of `2026-01-31-007`.
    var number: String {
      Printable.text(token.split(separator: "-").last.map(String.init) ?? token)
    }

    /// Which room and which doctor, as far as that is known.
    var place: String {
      [room.map(Self.door), doctorLabel].compactMap { $0 }.map { Printable.text($0) }
        .joined(separator: "  ")
    }

    /// A room may be named or only numbered.
    private static func door(_ room: String) -> String {
      room.allSatisfy(\.isNumber) ? "room \(room)" : room
    }
  }

  struct Board: Decodable, Equatable {
    var serving: [Token]
    var next: [Token]
    var waiting: Int
    var estimatedWaitMinutes: Int?
  }

  enum News: Equatable {
    /// Nothing came yet.
    case connecting
    /// What is shown is the present.
    case live
    /// What is shown may be outdated.
    case none(reason: String)
  }

  private(set) var date: String?
  private(set) var board: Board?
  private(set) var news = News.connecting
  /// When the state of the news began, and when the board changed last.
  private(set) var newsSince: ContinuousClock.Instant
  private(set) var changed: ContinuousClock.Instant?

  init(at now: ContinuousClock.Instant) { newsSince = now }

  mutating func apply(_ event: SubscriptionEvent, at now: ContinuousClock.Instant) {
    switch event {
    case .snapshot(let state, _):
      take(state, at: now)
      become(.live, at: now)
    case .change(let change):
      take(change, at: now)
      become(.live, at: now)
    case .resumed: become(.live, at: now)
    case .disconnected(let error, _):
      // Several attempts are one time without news.
      if case .none = news {
        news = .none(reason: Self.reason(error))
      } else {
        become(.none(reason: Self.reason(error)), at: now)
      }
    }
  }

  private mutating func become(_ news: News, at now: ContinuousClock.Instant) {
    guard news != self.news else { return }
    self.news = news
    newsSince = now
  }

  /// Takes a change or a snapshot. A change that a filter left out has no board, and changes
  /// nothing here.
  private mutating func take(_ state: JSONValue, at now: ContinuousClock.Instant) {
    if let date = state["date"]?.string { self.date = Printable.text(date) }
    guard let value = state["board"],
      let board = try? JSONValueDecoder(unknownMembers: .ignore).decode(Board.self, from: value)
    else { return }
    if board != self.board { changed = now }
    self.board = board
  }

  static func reason(_ error: any Error) -> String {
    switch error {
    case let error as RPCClientError: error.description
    case let error as RPCError: Printable.text(error.message)
    default: "\(error)"
    }
  }
}
