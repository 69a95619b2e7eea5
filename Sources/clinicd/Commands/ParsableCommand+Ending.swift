import ArgumentParser
import Host

extension ParsableCommand {
  /// Writes a line of the command's result.
  func say(_ line: String) throws(Daemon.Failure) {
    do {
      try standardOutput(line)
    } catch {
      throw Daemon.Failure(
        description: "the output could not be written: \(error.reason)")
    }
  }

  /// Does the command's work and ends the process: on failure with status 1 and a line on what is
  /// wrong, without the usage that nobody asked for.
  func ending(_ work: () async throws -> Void) async -> Never {
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
}
