import ArgumentParser
import ClinicEnvironment

/// Validates the configuration and reaches each store.
struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the configuration and reach each store.",
    discussion: """
      Of the environment, when that has a DATABASE_URL; otherwise of what the installed service is \
      started with: \(ConfigurationSource.file) and \(ConfigurationSource.credentials).
      """)

  @Flag(name: .customLong("configuration"), help: "The configuration alone; reach no store.")
  var isConfigurationAlone = false

  func run() async throws {
    await ending {
      let configuration = try Configuration.ofCommand()
      try say("configuration: ok")
      for note in configuration.notes { try say(note) }
      if isConfigurationAlone { return }
      for line in try await Daemon(configuration).check() { try say(line) }
    }
  }
}
