/// From the start of another clinicd until it answers, on stores that are warm.
enum Start {
  static func measure(_ setting: Setting) async throws -> [Finding] {
    var times: [UInt32] = []
    for _ in 0..<(setting.isQuick ? 5 : 15) {
      let daemon = try await OwnDaemon.start(in: setting)
      times.append(daemon.nanoseconds)
      await daemon.stop()
    }
    var finding = Finding("start to first answer, warm stores")
    finding.p50 = times.milliseconds(at: 0.5)
    finding.p99 = times.milliseconds(at: 1)
    finding.note = "\(times.count) starts; p99 is the slowest"
    finding.goals = [
      Finding.Goal(
        name: "p50", measured: finding.p50 ?? 0, bound: 130, isUpperBound: true, unit: " ms")
    ]
    return [finding]
  }
}
