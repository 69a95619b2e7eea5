import NIOCore

/// One change of the queue on its way to 1,000 boards, beside writing the same bytes to 1,000
/// sockets.
enum BoardsSpread {
  private static let boards = 1000

  static func measure(_ setting: Setting) async throws -> [Finding] {
    let day = try await ClinicDay(in: setting)
    try await day.open()
    let token = try await day.waitingToken()
    let changes = ["URGENT", "ROUTINE"].map {
      Request.line("queue.set_priority", #"{"token":"\#(token)","priority":"\#($0)"}"#)
    }
    let login = try await setting.login(as: "display")
    let subscribe = Request.line("queue.subscribe")
    // The change alone, then with boards: the difference is what the boards cost.
    let alone = try await spread(changes, boards: 0, opening: [], path: setting.socket, setting)
    let spread = try await spread(
      changes, boards: boards, opening: [login, subscribe], path: setting.socket, setting)
    let limit = try await limit(spread.notification, setting)

    let cost = spread.cpu - alone.cpu
    var last = finding("one change to \(boards) boards: the last board", spread.last)
    last.cpu = spread.cpu
    last.limit = "the same \(spread.notification.readableBytes) bytes"
    last.goals = [
      Finding.Goal(
        name: "p99", measured: last.p99 ?? 0, bound: 10, isUpperBound: true, unit: " ms"),
      Finding.Goal(
        name: "of its CPU", measured: cost / max(1, limit.cpu), bound: 1.5, isUpperBound: true),
    ]
    last.note = "\(Finding.text(cost / max(1, limit.cpu))) of its CPU"
    var change = finding("one change without boards", alone.reply)
    change.cpu = alone.cpu
    var bare = finding("the same bytes by a bare server: the last board; its own CPU", limit.last)
    bare.cpu = limit.cpu
    return [
      change, finding("one change to \(boards) boards: the first board", spread.first),
      finding("one change to \(boards) boards: the caller's reply", spread.reply), last, bare,
    ]
  }

  private static func finding(_ what: String, _ times: [UInt32]) -> Finding {
    let sorted = times.sorted()
    var finding = Finding(what)
    finding.p50 = sorted.milliseconds(at: 0.5)
    finding.p99 = sorted.milliseconds(at: 0.99)
    return finding
  }

  private struct Result {
    var reply: [UInt32] = []
    var first: [UInt32] = []
    var last: [UInt32] = []
    /// Microseconds of the server's CPU a change.
    var cpu = 0.0
    /// What a board is sent.
    var notification = ByteBuffer()
  }

  /// Makes a change from time to time, on a connection of its own.
  private static func spread(
    _ changes: [ByteBuffer], boards: Int, opening: [ByteBuffer], path: String,
    of process: ProcessFigures? = nil, _ setting: Setting
  ) async throws -> Result {
    let process = process ?? setting.daemon
    return try await LoadGenerator.with(path, connections: boards + 1) { generator in
      for message in opening { try await generator.sendOnce(message, skipping: 1) }
      var result = Result()
      var before: UInt64 = 0
      let count = Int(setting.seconds * 25)
      // Some to warm up.
      for number in -20..<count {
        if number == 0 { before = try process.cpuNanoseconds() }
        let times = try await generator.spread(changes[abs(number) % changes.count])
        result.notification = times.message
        if number >= 0 {
          result.reply.append(times.reply)
          result.first.append(times.first)
          result.last.append(times.last)
        }
        try await Task.sleep(for: .milliseconds(15))
      }
      let spent = try process.cpuNanoseconds() - before
      result.cpu = Double(spent) / 1000 / Double(count)
      return result
    }
  }

  /// Spreads the same bytes by a server that does nothing but write them.
  private static func limit(
    _ notification: ByteBuffer, _ setting: Setting
  ) async throws -> Result {
    let (server, path) = try await LineServer.start("fan-out", in: setting)
    let result = try await spread(
      [notification], boards: boards, opening: [ByteBuffer(string: "board\n")], path: path,
      of: ProcessFigures(pid: server.pid), setting)
    await server.stop()
    return result
  }
}
