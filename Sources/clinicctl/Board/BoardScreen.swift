/// Draws a board into a window of any size: the smaller it is, the fewer the embellishments, then
/// the fewer the lines.
struct BoardScreen {
  let columns: Int
  let rows: Int
  let style: Style

  /// The lines, at most as many as there are rows, none wider than the window.
  func lines(_ state: BoardState, at now: ContinuousClock.Instant) -> [String] {
    guard rows > 0, columns > 0 else { return [] }
    guard rows > 3 else { return tiny(state, at: now) }
    let head = header(state, at: now)
    let foot = style.strong(fit(footer(state)))
    let body = body(state, rows: rows - head.count - 1)
    let filler = Array(repeating: "", count: max(rows - head.count - body.count - 1, 0))
    return head + body + filler + [foot]
  }

  // MARK: Head and foot

  private func header(_ state: BoardState, at now: ContinuousClock.Instant) -> [String] {
    let title = state.date.map { "Queue of \($0)" } ?? "Queue"
    let choices = [news(state, at: now), word(state)]
    let room = columns - DisplayWidth.of(title) - 2
    guard let news = choices.first(where: { DisplayWidth.of($0) <= room }) else {
      return [coloured(fit(choices[0]), state), style.strong(fit(title))]
    }
    let gap = String(repeating: " ", count: room + 2 - DisplayWidth.of(news))
    let line = style.strong(title) + gap + coloured(news, state)
    guard case .none(let reason) = state.news, rows > 8 else { return [line] }
    return [line, fit("What is below may be outdated: \(reason).")]
  }

  private func news(_ state: BoardState, at now: ContinuousClock.Instant) -> String {
    switch state.news {
    case .connecting: "connecting"
    case .live: state.changed.map { "live, changed \(Self.age($0, now)) ago" } ?? "live"
    case .none: "NO NEWS for \(Self.age(state.newsSince, now)), reconnecting"
    }
  }

  private func word(_ state: BoardState) -> String {
    switch state.news {
    case .connecting: "connecting"
    case .live: "live"
    case .none: "NO NEWS"
    }
  }

  private func coloured(_ text: String, _ state: BoardState) -> String {
    switch state.news {
    case .connecting: text
    case .live: style.good(text)
    case .none: style.alarm(text)
    }
  }

  private func footer(_ state: BoardState) -> String {
    guard let board = state.board else { return "" }
    var text = "\(board.waiting) waiting"
    if let minutes = board.estimatedWaitMinutes { text += ", about \(minutes) min for a newcomer" }
    return text
  }

  // MARK: Tokens

  private func body(_ state: BoardState, rows: Int) -> [String] {
    guard let board = state.board else { return [] }
    let serving = max(board.serving.count, 1)
    let next = max(board.next.count, 1)
    let isRoomy = rows >= serving + next + 5
    // Below that the numbers alone say more.
    guard rows >= min(serving + next + 2, 6) else {
      return Array([numbers("now", board.serving), numbers("next", board.next)].prefix(rows))
    }
    let forBoth = rows - (isRoomy ? 5 : 2)
    let forServing = min(serving, max(forBoth - min(next, 2), 2))
    let space = isRoomy ? [""] : []
    return space + [heading("NOW SERVING", state)]
      + tokens(board.serving, upTo: forServing, state)
      + space + [heading("NEXT", state)]
      + tokens(board.next, upTo: forBoth - forServing, state)
  }

  private func heading(_ text: String, _ state: BoardState) -> String {
    style.heading(fit(text), isLive: state.news == .live)
  }

  private func tokens(
    _ tokens: [BoardState.Token], upTo limit: Int, _ state: BoardState
  ) -> [String] {
    if tokens.isEmpty { return [style.dim(fit("  nobody"))] }
    let shown = tokens.count > limit ? max(limit - 1, 0) : tokens.count
    var lines = tokens[..<shown].map { token in
      let place = token.place
      let text = fit(place.isEmpty ? "  \(token.number)" : "  \(token.number)  \(place)")
      return state.news == .live ? style.strong(text) : style.dim(text)
    }
    if shown < tokens.count { lines.append(fit("  and \(tokens.count - shown) more")) }
    return lines
  }

  private func numbers(_ what: String, _ tokens: [BoardState.Token]) -> String {
    fit("\(what) \(tokens.isEmpty ? "nobody" : tokens.map(\.number).joined(separator: " "))")
  }

  /// Three rows or fewer: the news, who is served, who is next.
  private func tiny(_ state: BoardState, at now: ContinuousClock.Instant) -> [String] {
    let serving = numbers("now", state.board?.serving ?? [])
    let next = numbers("next", state.board?.next ?? [])
    return switch rows {
    case 1: [fit("\(word(state)): \(serving), \(next)")]
    case 2: [fit("\(word(state)): \(serving)"), next]
    default: [coloured(fit(news(state, at: now)), state), serving, next]
    }
  }

  private func fit(_ text: String) -> String { DisplayWidth.truncate(text, to: columns) }

  /// `5 s`, `3 min`, `2 h 5 min`.
  static func age(_ since: ContinuousClock.Instant, _ now: ContinuousClock.Instant) -> String {
    let seconds = Int(max(now - since, .zero).components.seconds)
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3_600 { return "\(seconds / 60) min" }
    return "\(seconds / 3_600) h \(seconds / 60 % 60) min"
  }
}
