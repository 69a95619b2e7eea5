import Glibc

/// How the terminal treats what is typed.
public enum TerminalMode {
  /// The settings of the terminal before, to be restored.
  public struct Saved: Sendable {
    fileprivate let settings: termios
  }

  /// Runs `body` while typed characters are not shown. An interrupt meanwhile leaves the terminal
  /// as it was.
  static func withHiddenInput<Result, Failure>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let saved = change(clearing: tcflag_t(ECHO)) else { return try body() }
    let handler = Interruption.restoring(saved.settings)
    defer {
      restore(saved)
      handler.end()
    }
    return try body()
  }

  /// Takes typed characters one by one, and does not show them. Nil when the input is no terminal.
  public static func readKeys() -> Saved? {
    change(clearing: tcflag_t(ECHO) | tcflag_t(ICANON))
  }

  public static func restore(_ saved: Saved) {
    var settings = saved.settings
    unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
  }

  private static func change(clearing flags: tcflag_t) -> Saved? {
    var settings = termios()
    guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
    let saved = Saved(settings: settings)
    settings.c_lflag &= ~flags
    return unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings) == 0 ? saved : nil
  }
}
