import ArgumentParser
import Terminal

/// Makes a projection anew.
struct RebuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild",
    abstract: "Make what Redis or MongoDB holds anew from PostgreSQL.",
    discussion: "The clinic can go on working meanwhile; boards or reports may lag.")

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
    try options.show(result)
  }
}
