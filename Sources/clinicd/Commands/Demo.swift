import ArgumentParser

/// Loads a small demo clinic.
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Load a small demo clinic: staff of every role and 200 patients.")

  @Option(help: "Where the demo users' names and passwords are written.")
  var credentials: String

  func run() async throws {
    await ending {
      try await DemoClinic.load(try Configuration.load(), credentials: credentials)
    }
  }
}
