/// What somebody at a terminal does to a program that is not waiting for a line.
public enum TerminalEvent: Sendable {
  /// Ctrl-C, `kill`, or the terminal itself was closed.
  case interrupted
  case key(UInt8)

  /// Interrupts and, when the input is a terminal, keys; until the stream is dropped.
  public static func stream() -> AsyncStream<TerminalEvent> {
    AsyncStream { continuation in
      let interruption = Interruption { _ in continuation.yield(.interrupted) }
      let keys = Terminal.isTerminal(.input) ? KeyReader { continuation.yield(.key($0)) } : nil
      continuation.onTermination = { _ in
        keys?.end()
        interruption.end()
      }
    }
  }
}
