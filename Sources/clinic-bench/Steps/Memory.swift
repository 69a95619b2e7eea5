/// Resident memory of another clinicd: idle, and with 1,000 boards.
enum Memory {
  private static let boards = 1000

  static func measure(_ setting: Setting) async throws -> [Finding] {
    let (echo, _) = try await LineServer.start("echo", in: setting)
    let bare = try ProcessFigures(pid: echo.pid).residentMegabytes()
    await echo.stop()
    let daemon = try await OwnDaemon.start(in: setting)
    do {
      let figures = ProcessFigures(pid: daemon.program.pid)
      try await Task.sleep(for: .seconds(3))
      let idle = try figures.residentMegabytes()
      let opening = [try await setting.login(as: "display"), Request.line("queue.subscribe")]
      let busy = try await LoadGenerator.with(
        daemon.socket, connections: boards, opening: opening
      ) { _ in
        try await Task.sleep(for: .seconds(1))
        return try figures.residentMegabytes()
      }
      await daemon.stop()
      let note = "this program's echo \(Finding.text(bare)) MB"
      return [
        finding("resident memory, idle", idle, bound: 32, note: note),
        finding("resident memory, \(boards) boards", busy, bound: 48),
      ]
    } catch {
      await daemon.stop()
      throw error
    }
  }

  private static func finding(
    _ what: String, _ megabytes: Double, bound: Double, note: String? = nil
  ) -> Finding {
    var finding = Finding(what)
    finding.note = ["\(Finding.text(megabytes)) MB", note].compactMap(\.self).joined(
      separator: "; ")
    finding.goals = [
      Finding.Goal(
        name: "resident", measured: megabytes, bound: bound, isUpperBound: true, unit: " MB")
    ]
    return finding
  }
}
