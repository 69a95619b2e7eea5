import RPCClient
import Terminal

/// Keeps a board on the whole window, until somebody presses q or Ctrl-C.
struct LiveBoard {
  private enum Input: Sendable {
    case event(SubscriptionEvent)
    case tick
    case terminal(TerminalEvent)
    case ended(any Error)
  }

  let subscription: Subscription
  let style: Style

  /// The alternate screen without a cursor, and back.
  private static let open = "\u{1b}[?1049h\u{1b}[?25l\u{1b}[2J"
  private static let close = "\u{1b}[?25h\u{1b}[?1049l"

  func run() async throws {
    let mode = TerminalMode.readKeys()
    try Terminal.write(Self.open)
    defer {
      try? Terminal.write(Self.close)
      if let mode { TerminalMode.restore(mode) }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      let (inputs, continuation) = AsyncStream.makeStream(of: Input.self)
      group.addTask {
        do {
          for try await event in subscription { continuation.yield(.event(event)) }
        } catch {
          continuation.yield(.ended(error))
        }
      }
      group.addTask {
        for await event in TerminalEvent.stream() { continuation.yield(.terminal(event)) }
      }
      // The ages on the screen grow, and the window may have another size.
      group.addTask {
        while (try? await Task.sleep(for: .seconds(1))) != nil { continuation.yield(.tick) }
      }
      defer { group.cancelAll() }
      try await show(inputs)
    }
  }

  private func show(_ inputs: AsyncStream<Input>) async throws {
    var state = BoardState(at: .now)
    try draw(state)
    for await input in inputs {
      switch input {
      case .event(let event): state.apply(event, at: .now)
      case .tick: break
      case .terminal(.interrupted), .terminal(.key(UInt8(ascii: "q"))): return
      case .terminal(.key): continue
      case .ended(let error): throw error
      }
      try draw(state)
    }
  }

  /// Draws each line over the old one, so that nothing flickers.
  private func draw(_ state: BoardState) throws {
    let size = Terminal.size() ?? (80, 24)
    let screen = BoardScreen(columns: size.columns, rows: size.rows, style: style)
    let lines = screen.lines(state, at: .now).map { $0 + "\u{1b}[K" }
    try Terminal.write("\u{1b}[H" + lines.joined(separator: "\r\n") + "\u{1b}[J")
  }
}
