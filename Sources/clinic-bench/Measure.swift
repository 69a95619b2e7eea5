import ArgumentParser
import Foundation
import RPCClient

/// Measures, and prints one table.
struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the daemon of CLINIC_SOCKET and print one table.",
    discussion: "Its database gets 100,000 patients, and today's queue is emptied: run it on "
      + "servers of its own, by `make bench`.")

  @Flag(help: "Measure for 2 seconds each.")
  var quick = false

  @Option(help: "Measure for so many seconds each.")
  var seconds: Double = 8

  @Option(
    help: ArgumentHelp(
      "Measure this alone; may be repeated: \(Step.all.map(\.name).joined(separator: ", ")); "
        + "with `large` the name of a method.",
      valueName: "name"))
  var only: [String] = []

  @Option(
    help: ArgumentHelp(
      "With `large`, fill the database with years of a clinic and measure every method that reads.",
      valueName: "small|large"))
  var data = Data.small

  enum Data: String, ExpressibleByArgument { case small, large }

  @Flag(help: "Print JSON.")
  var json = false

  @Option(help: "The daemon's process; by default it is asked of the socket.")
  var pid: Int32?

  func validate() throws {
    let known = data == .small ? Step.all.map(\.name) : LargeReads.methods
    for name in only where !known.contains(name) {
      throw ValidationError("there is no measurement '\(name)'")
    }
    guard (1...600).contains(seconds) else { throw ValidationError("1 to 600 seconds") }
  }

  func run() throws {
    let mainThread = MainThread()
    try mainThread.run { try await measure(mainThread) }
  }

  private func measure(_ mainThread: MainThread) async throws {
    let scratch = try Scratch(mainThread)
    defer { scratch.remove() }
    var report = Report()
    defer { if !report.findings.isEmpty { print(json ? report.json : report.table) } }
    do {
      let setting = try await Setting(
        pid: pid, seconds: quick ? 2 : seconds, isQuick: quick, scratch: scratch)
      try await Patients.load(into: setting)
      if data == .large { try await LargeClinic.load(into: setting) }
      for step in steps {
        Self.tell("measuring \(step.name), load of the machine \(Self.machineLoad)")
        report.add(try await step.measure(setting))
      }
      await setting.client.close()
    } catch {
      Self.tell("\(error)")
      throw ExitCode.failure
    }
  }

  private var steps: [Step] {
    switch data {
    case .small: Step.all.filter { only.isEmpty || only.contains($0.name) }
    case .large: [Step(name: "reads") { try await LargeReads.measure($0, only: only) }]
    }
  }

  static func tell(_ line: String) {
    FileHandle.standardError.write(Foundation.Data("clinic-bench: \(line)\n".utf8))
  }

  /// The machine's load in the last minute; other programs make every figure worse.
  private static var machineLoad: String {
    let text = try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)
    return text?.split(separator: " ").first.map(String.init) ?? "unknown"
  }
}
