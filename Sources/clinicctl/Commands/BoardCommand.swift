import ArgumentParser
import JSONRPC
import RPCClient
import Terminal

/// Follows the queue.
struct BoardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "board",
    abstract: "Show the queue, live; q or Ctrl-C ends it.",
    discussion: """
      On a terminal the board fills the window. With --plain each change is a line; in a pipe, or \
      with --json, each change is a line of JSON. When the connection is lost it says so, connects \
      again, and misses nothing.
      """)

  @Option(name: .long, help: "Only the queue of one doctor, by number.")
  var doctor: Int?

  @Option(name: .long, help: "Another day than today, as YYYY-MM-DD.")
  var date: String?

  @Flag(name: .long, help: "Write a line for each change.")
  var plain = false

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let daemon = try await Daemon(options, callTimeout: .seconds(30))
    // It was there; from now on the subscription looks after its own connection.
    await daemon.client.close()
    var params = JSONWriter()
    params.beginObject()
    if let date { params.member("date", date) }
    if let doctor { params.member("doctor_id", doctor) }
    params.endObject()
    let subscription = try daemon.client.subscribe(params: RawJSON(bytes: params.finish()))
    try await daemon.reporting {
      if plain && !options.json {
        try await Self.whileRead { try await Self.writeLines(subscription) }
      } else if options.writesJSON {
        try await Self.whileRead { try await Self.writeJSON(subscription) }
      } else {
        try await LiveBoard(subscription: subscription, style: .ofTerminal).run()
      }
    }
  }

  /// Runs `body`, and ends it when the reader of the output does, such as `head`: the next change
  /// may be hours away.
  private static func whileRead(_ body: @Sendable @escaping () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await body() }
      group.addTask {
        while Terminal.isRead(.output) { try await Task.sleep(for: .milliseconds(200)) }
        throw Terminal.Closed()
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private static func writeJSON(_ subscription: Subscription) async throws {
    var board = BoardJSON()
    for try await event in subscription {
      if let line = board.line(event) { try Terminal.write(line + [UInt8(ascii: "\n")]) }
    }
  }

  private static func writeLines(_ subscription: Subscription) async throws {
    var board = BoardLines(at: .now)
    for try await event in subscription {
      for line in board.lines(event, at: .now) { try Terminal.write("\(WallTime.now)  \(line)\n") }
    }
  }
}
