/// The result of a load, and what it cost.
struct Measurement: Sendable {
  var calls = 0
  var seconds = 0.0
  /// Nanoseconds, one value per call, in no order.
  var latencies: [UInt32] = []
  /// Nanoseconds of CPU of the daemon, and of this program.
  var daemon: UInt64 = 0
  var generator: UInt64 = 0

  var rate: Double { seconds > 0 ? Double(calls) / seconds : 0 }
  var daemonMicroseconds: Double { calls > 0 ? Double(daemon) / 1000 / Double(calls) : 0 }
  /// The share of one core that the generator took.
  var generatorShare: Double { seconds > 0 ? Double(generator) / 1e9 / seconds : 0 }

  mutating func add(_ other: Measurement) {
    calls += other.calls
    seconds += other.seconds
    latencies += other.latencies
    daemon += other.daemon
    generator += other.generator
  }
}

extension [UInt32] {
  /// The latency below which this share of the calls lies, in milliseconds.
  func milliseconds(at quantile: Double) -> Double {
    guard !isEmpty else { return 0 }
    let index = Int(Double(count - 1) * quantile)
    return Double(sorted()[index]) / 1e6
  }
}

extension Setting {
  /// Runs a load and takes the CPU that it costs.
  func measure(
    _ generator: LoadGenerator, _ source: some CallSource & Sendable, seconds: Double,
    framing: ReplyFraming = .line, of process: ProcessFigures? = nil
  ) async throws -> Measurement {
    let process = process ?? daemon
    let before = (try process.cpuNanoseconds(), try ProcessFigures.own.cpuNanoseconds())
    let result = try await generator.run(source, seconds: seconds, framing: framing)
    let after = (try process.cpuNanoseconds(), try ProcessFigures.own.cpuNanoseconds())
    return Measurement(
      calls: result.calls, seconds: result.seconds, latencies: result.latencies,
      daemon: after.0 - min(before.0, after.0), generator: after.1 - min(before.1, after.1))
  }
}
