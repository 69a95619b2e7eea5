import ArgumentParser
import ClinicEnvironment
import Host
import Mongo

@main
enum Program {
  static func main() async {
    MongoClient.removeCounters()
    await Clinicd.main()
  }
}

struct Clinicd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clinicd",
    abstract: "The daemon that runs a clinic.",
    version: Daemon.version,
    subcommands: [Run.self, Check.self, Demo.self, Keys.self, Document.self],
    defaultSubcommand: Run.self)
}

/// Runs the daemon in the foreground.
struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Run the daemon in the foreground.")

  func run() async throws {
    await ending { try await Daemon(try Configuration.load()).run() }
  }
}

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

/// Prints the configuration's keys.
struct Keys: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the configuration's keys as a Markdown table.")

  @Flag(help: "For the manual page instead.")
  var manual = false

  func run() throws { try say(manual ? ConfigurationKey.manual : ConfigurationKey.markdown) }
}

/// Prints the OpenRPC document of every method.
struct Document: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discover", abstract: "Print the OpenRPC document of every method.")

  func run() throws { try say(try Daemon.openRPC()) }
}

/// Writes a line of a command's result.
private func say(_ line: String) throws(Daemon.Failure) {
  do {
    try standardOutput(line)
  } catch {
    throw Daemon.Failure(
      description: "the output could not be written: \(error.reason)")
  }
}

/// Does a command's work and ends the process: on failure with status 1 and a line on what is
/// wrong, without the usage that nobody asked for.
private func ending(_ work: () async throws -> Void) async -> Never {
  do {
    try await work()
    endProcess(status: 0)
  } catch let failure as any Error & CustomStringConvertible {
    standardError("clinicd: \(failure.description)")
  } catch {
    standardError("clinicd: \(type(of: error))")
  }
  endProcess(status: 1)
}
