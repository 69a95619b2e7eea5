import ArgumentParser

/// Prints the OpenRPC document of every method.
struct Document: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discover", abstract: "Print the OpenRPC document of every method.")

  func run() throws { try say(try Daemon.openRPC()) }
}
