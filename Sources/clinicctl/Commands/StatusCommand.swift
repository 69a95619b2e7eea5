import ArgumentParser
import JSONRPC
import RPCClient
import Terminal

/// Shows how the daemon is.
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how the daemon and its stores are.",
    discussion: "Ends with status 1 when the daemon answers and says that it cannot work.")

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let daemon = try await Daemon(options, authentication: .ifPossible)
    let version = try await daemon.call("system.version")
    let caller = try await askIfAllowed("auth.whoami", daemon)
    let health = try await askIfAllowed("system.health", daemon)
    let stats = try await askIfAllowed("system.stats", daemon)
    let isUp = health.map { $0["status"]?.string == "up" } ?? true
    if options.writesJSON {
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("endpoint", daemon.endpoint.description)
      writer.member("version", raw: (version["version"] ?? version).rawBytes)
      writer.member("caller", raw: caller?.rawBytes ?? Self.null)
      writer.member("health", raw: health?.rawBytes ?? Self.null)
      writer.member("stats", raw: stats?.rawBytes ?? Self.null)
      writer.endObject()
      try options.show(JSONDocument(parsing: writer.bytes).root)
    } else {
      var lines = [
        "clinicd \(text(version["version"])) at \(Printable.text(daemon.endpoint.description))",
        Self.describe(caller: caller),
      ]
      let renderer = ResultRenderer(width: Terminal.size()?.columns)
      if let health { lines += [""] + renderer.lines(health) }
      if let stats { lines += [""] + renderer.lines(stats) }
      try Terminal.write(lines.joined(separator: "\n") + "\n")
    }
    if !isUp { throw Failure.failed("the daemon cannot work: a store that it needs is down") }
  }

  private static let null = Array("null".utf8)

  private func text(_ value: JSONValue?) -> String { value.map(CellText.text) ?? "" }

  private static func describe(caller: JSONValue?) -> String {
    guard let caller else { return "You are not logged in: clinicctl login shows more." }
    let name = caller["full_name"]?.string ?? caller["username"]?.string ?? "unknown"
    return "You are \(Printable.text(name)) (\(caller["role"].map(CellText.text) ?? "no role"))."
  }

  /// Asks the daemon; nil when the caller is not allowed to.
  private func askIfAllowed(_ method: String, _ daemon: Daemon) async throws -> JSONValue? {
    do {
      return try await daemon.call(method)
    } catch Failure.refused(let error)
      where error.isNotAuthenticated || error.code == RPCError.Code.notAllowed.rawValue
    {
      return nil
    }
  }
}
