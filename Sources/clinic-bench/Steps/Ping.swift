/// `system.ping` beside a bare echo of its request.
enum Ping {
  static func measure(_ setting: Setting) async throws -> [Finding] {
    let call = Request.line("system.ping")
    let (echo, path) = try await LineServer.start("echo", in: setting)
    let limit = try await LoadGenerator.with(path, connections: 64) { generator in
      _ = try await generator.run(CyclingCalls([call]), seconds: setting.warmUp)
      return try await setting.measure(
        generator, CyclingCalls([call]), seconds: setting.seconds,
        of: ProcessFigures(pid: echo.pid))
    }
    await echo.stop()
    var findings = try await setting.scale("system.ping", [call])
    findings[Setting.main].compare(with: "bare echo", limit.rate, atLeast: 0.6, cpu: nil)
    return findings + [Finding("bare echo, 64 connections; its own CPU", limit)]
  }
}
