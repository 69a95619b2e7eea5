import Foundation

/// Another program, run by its path. Its output goes to files, which are read when it has ended.
final class Program: Sendable {
  private let process: Process
  private let ended: AsyncStream<Void>
  /// Held open: a program that reads it to the end learns that we are gone.
  private let input = Pipe()
  private let output: URL

  var pid: Int32 { process.processIdentifier }

  private init(
    _ path: String, _ arguments: [String], environment: [String: String], scratch: Scratch
  ) throws {
    process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    output = scratch.file("output-\(scratch.next())")
    guard FileManager.default.createFile(atPath: output.path, contents: nil) else {
      throw Failure("cannot write \(output.path)")
    }
    let handle = try FileHandle(forWritingTo: output)
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = input
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    ended = stream
    process.terminationHandler = { _ in continuation.finish() }
  }

  static func start(
    _ path: String, _ arguments: [String], environment: [String: String] = [:], scratch: Scratch
  ) async throws -> Program {
    let program = try Program(path, arguments, environment: environment, scratch: scratch)
    try await scratch.mainThread.perform { [process = program.process] in try process.run() }
    return program
  }

  /// Runs a program to its end.
  ///
  /// - Returns: what it wrote; standard error is in it too.
  static func run(
    _ path: String, _ arguments: [String], input text: String = "",
    environment: [String: String] = [:], scratch: Scratch
  ) async throws -> String {
    let program = try await start(path, arguments, environment: environment, scratch: scratch)
    try program.input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    try program.input.fileHandleForWriting.close()
    await program.waitForEnd()
    guard !program.isRunning else {
      program.process.terminate()
      throw CancellationError()
    }
    let said = program.said
    guard program.process.terminationStatus == 0 else {
      throw Failure("\(URL(fileURLWithPath: path).lastPathComponent) failed: \(said.suffix(1500))")
    }
    return said
  }

  /// What it has written so far.
  var said: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
  var isRunning: Bool { process.isRunning }

  /// Tells it to end, and waits.
  func stop() async {
    process.terminate()
    await waitForEnd()
  }

  private func waitForEnd() async {
    for await _ in ended {}
  }

  /// Where the system has a program of that name.
  static func find(_ name: String, beside folders: [String] = []) throws -> String {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    for folder in folders + path.split(separator: ":").map(String.init) {
      let file = folder + "/" + name
      if FileManager.default.isExecutableFile(atPath: file) { return file }
    }
    throw Failure("there is no \(name)")
  }
}
