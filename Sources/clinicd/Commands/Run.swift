import ArgumentParser

/// Runs the daemon in the foreground.
struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Run the daemon in the foreground.")

  func run() async throws {
    await ending { try await Daemon(try Configuration.load()).run() }
  }
}
