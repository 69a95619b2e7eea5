import ArgumentParser
import Systemd

@main
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
    do {
      try await Daemon(try Configuration.load()).run()
    } catch let failure as Configuration.Invalid {
      throw CleanExit.failed(failure.description)
    } catch let failure as Daemon.Failure {
      throw CleanExit.failed(failure.description)
    }
  }
}

/// Validates the configuration and reaches each store.
struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the configuration and reach each store.")

  func run() async throws {
    do {
      for line in try await Daemon(try Configuration.load()).check() { print(line) }
    } catch let failure as Configuration.Invalid {
      throw CleanExit.failed(failure.description)
    } catch let failure as Daemon.Failure {
      throw CleanExit.failed(failure.description)
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
    do {
      try await DemoClinic.load(try Configuration.load(), credentials: credentials)
    } catch let failure as Configuration.Invalid {
      throw CleanExit.failed(failure.description)
    } catch let failure as Daemon.Failure {
      throw CleanExit.failed(failure.description)
    }
  }
}

/// Prints the configuration's keys.
struct Keys: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the configuration's keys as a Markdown table.")

  func run() throws { print(ConfigurationKey.markdown) }
}

/// Prints the OpenRPC document of every method.
struct Document: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discover", abstract: "Print the OpenRPC document of every method.")

  func run() throws { print(try Daemon.openRPC()) }
}

extension CleanExit {
  /// Ends with status 1 and a message of our own, without the usage that nobody asked for.
  static func failed(_ message: String) -> ExitCode {
    standardError("clinicd: \(message)")
    return ExitCode.failure
  }
}
