import ArgumentParser
import JSONRPC
import Terminal

/// Makes a projection anew.
struct RebuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild",
    abstract: "Make what Redis or MongoDB holds anew from PostgreSQL.",
    discussion: """
      The clinic can go on working meanwhile; boards or reports may lag. MongoDB is filled in the \
      background: the command waits for that, and can be interrupted.
      """)

  enum Store: String, ExpressibleByArgument, Encodable, CaseIterable {
    case redis, mongo
  }

  private struct Rebuild: Encodable {
    var store: Store
  }

  @Argument(help: "redis (the live queue) or mongo (reports).")
  var store: Store

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let daemon = try await Daemon(options)
    let store = store
    let result = try await Progress.during("rebuilding \(store.rawValue)") {
      try await daemon.call("system.rebuild", Rebuild(store: store))
    }
    if store == .mongo { try await waitUntilCarried(daemon) }
    try options.show(result)
  }

  /// Shows how much is still to be shipped, until that is nothing.
  private func waitUntilCarried(_ daemon: Daemon) async throws {
    let showsProgress = Terminal.isTerminal(.error)
    while true {
      let details = try await daemon.call("system.health")["details"]
      let left =
        (details?["outbox_waiting"]?.int ?? 0) + (details?["audit_unshipped"]?.int ?? 0)
      if showsProgress { try Terminal.write("\r\u{1b}[K", to: .error) }
      guard left > 0 else { return }
      if showsProgress { try Terminal.write("\(left) left to ship", to: .error) }
      try await Task.sleep(for: .seconds(1))
    }
  }
}
