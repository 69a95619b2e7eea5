import ArgumentParser
import Clinic
import Host
import Mongo
import Terminal

/// The command line for people who run a clinic's daemon.
struct Clinicctl: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clinicctl",
    abstract: "Talk to clinicd: call its methods, watch the queue, look after users and stores.",
    discussion: """
      The daemon is found at --tcp, at --socket, at $CLINIC_SOCKET, at ./.clinic/run/rpc.sock if \
      that exists, or at /run/clinicd/rpc.sock.

      Exit status: 0 done; 1 the call failed; 2 wrong usage; 3 no daemon, or no \
      database.
      """,
    version: Settings.version,
    subcommands: [
      CallCommand.self, MethodsCommand.self, BoardCommand.self, StatusCommand.self,
      LoginCommand.self, LogoutCommand.self, UsersCommand.self, MigrateCommand.self,
      RebuildCommand.self, ReconcileCommand.self, AuditCommand.self, BackupCommand.self,
      RestoreCommand.self, ConfigCommand.self,
      CompletionCommand.self,
    ])
}

@main
enum Program {
  static func main() async {
    MongoClient.removeCounters()
    do {
      try requireText()
      try await run()
    } catch let failure as Failure {
      end(failure)
    } catch let closed as Terminal.Closed {
      if closed.isByReader { Clinicctl.exit() }
      end(.failed("the output could not be written"))
    } catch {
      guard Clinicctl.exitCode(for: error) == .validationFailure else {
        Clinicctl.exit(withError: error)
      }
      if writesJSON { end(.usage(Clinicctl.message(for: error))) }
      try? Terminal.write(Clinicctl.fullMessage(for: error) + "\n", to: .error)
      Clinicctl.exit(withError: ExitCode(2))
    }
  }

  /// Whether errors are to be JSON, known also when the command line could not be read.
  private static var writesJSON: Bool {
    CommandLine.arguments.prefix { $0 != "--" }.contains("--json")
  }

  private static func end(_ failure: Failure) -> Never {
    failure.report(asJSON: writesJSON)
    Clinicctl.exit(withError: ExitCode(failure.status))
  }

  private static func run() async throws {
    do {
      var command = try Clinicctl.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      guard Clinicctl.exitCode(for: error) == .success else { throw error }
      // What was asked for is the help, or the version.
      try Terminal.write(Clinicctl.fullMessage(for: error) + "\n")
    }
  }

  /// Swift repairs arguments that are not UTF-8; a name would be stored as it was repaired.
  private static func requireText() throws(Failure) {
    guard let arguments = try? SmallFile.read("/proc/self/cmdline"),
      String(validating: arguments, as: UTF8.self) == nil
    else { return }
    throw .usage("an argument is not UTF-8")
  }
}
