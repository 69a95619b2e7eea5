import Host
import Terminal

/// Emphasis by escape sequences. It is only a help: what it marks is also said in words.
struct Style: Equatable {
  let isEnabled: Bool

  static let plain = Style(isEnabled: false)

  /// The style of the terminal: plain if `NO_COLOR` is set, or the terminal knows no colours.
  static var ofTerminal: Style {
    let environment = ProcessEnvironment.variables
    let refuses = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    return Style(
      isEnabled: Terminal.isTerminal(.output) && !refuses && environment["TERM"] != "dumb")
  }

  func strong(_ text: String) -> String { wrap(text, "1") }
  func dim(_ text: String) -> String { wrap(text, "2") }
  func good(_ text: String) -> String { wrap(text, "32") }
  func alarm(_ text: String) -> String { wrap(text, "1;37;41") }
  func heading(_ text: String, isLive: Bool) -> String { wrap(text, isLive ? "36" : "2") }

  private func wrap(_ text: String, _ code: String) -> String {
    isEnabled && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
