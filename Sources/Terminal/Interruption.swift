import Dispatch
import Glibc

/// Watches for the signals by which somebody ends a program at a terminal, on a queue of its own.
///
/// libdispatch's sources may be used from any thread, though they do not say so in Swift.
public final class Interruption: @unchecked Sendable {
  private let sources: [any DispatchSourceProtocol]
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// - Parameter handle: gets the signal's number; the process goes on.
  public init(_ handle: @escaping @Sendable (Int32) -> Void) {
    let queue = DispatchQueue(label: "terminal")
    sources = Self.signals.map { number in
      // Ignored for the kernel; the source sees it all the same.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { handle(number) }
      source.resume()
      return source
    }
  }

  /// Restores what the signals did before.
  public func end() {
    for source in sources { source.cancel() }
    for number in Self.signals { signal(number, SIG_DFL) }
  }

  /// At an interrupt, restores the terminal and ends the process, with the status that a shell
  /// gives a process ended by that signal. (Raising it again would not do: libdispatch's threads
  /// block signals.)
  static func restoring(_ settings: termios) -> Interruption {
    Interruption { number in
      var settings = settings
      unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
      try? Terminal.write("\n", to: .error)
      _exit(128 + number)
    }
  }
}
