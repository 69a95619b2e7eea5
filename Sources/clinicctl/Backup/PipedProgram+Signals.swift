import Host
import Terminal

extension PipedProgram {
  /// Runs `body` while the signals that would end this process end the program instead: `body`
  /// fails then, and whoever called it cleans up. The program ends when `body` fails.
  func endingAtSignals<Result>(_ body: () throws -> Result) rethrows -> Result {
    let signals = Interruption { [process] _ in process.stop() }
    defer { signals.end() }
    do {
      return try body()
    } catch {
      process.stop()
      throw error
    }
  }
}
