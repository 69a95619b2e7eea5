import ArgumentParser
import ClinicEnvironment

/// Prints the configuration's keys.
struct Keys: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the configuration's keys as a Markdown table.")

  @Flag(help: "For the manual page instead.")
  var manual = false

  func run() throws { try say(manual ? ConfigurationKey.manual : ConfigurationKey.markdown) }
}
