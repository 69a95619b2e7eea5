import ArgumentParser
import JSONRPC
import Terminal

/// Compares the stores.
struct ReconcileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile",
    abstract: "Compare PostgreSQL, Redis and MongoDB, and say where they do not agree.",
    discussion: """
      Ends with status 1 when they do not agree. With --repair, what Redis and MongoDB hold is made \
      right; status 1 then means that something is still wrong. PostgreSQL is never changed.
      """)

  @Flag(name: .long, help: "Make the copies in Redis and MongoDB right.")
  var repair = false

  @OptionGroup var options: GlobalOptions

  private struct Params: Encodable {
    var part: String
    var repair: Bool
  }

  func run() async throws {
    let daemon = try await Daemon(options)
    let repair = repair
    var results: [JSONValue] = []
    for part in ["queue", "audit", "visits", "stock", "days"] {
      results.append(
        try await Progress.during("comparing \(part)") {
          try await daemon.call("system.reconcile", Params(part: part, repair: repair))
        })
    }
    let isOK = results.allSatisfy { $0["ok"]?.bool == true }
    try options.show(Self.joined(results, isOK: isOK))
    if !isOK { throw Failure.failed("the stores do not agree") }
  }

  /// Joins the results of the parts into one.
  private static func joined(_ results: [JSONValue], isOK: Bool) throws -> JSONValue {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("ok", isOK)
    for name in ["checked", "differences"] {
      writer.key(name)
      writer.beginArray()
      for item in results.flatMap({ Array(($0[name] ?? $0).elements) }) { writer.value(item) }
      writer.endArray()
    }
    for name in ["found", "repaired"] {
      writer.member(name, results.reduce(0) { $0 + ($1[name]?.int ?? 0) })
    }
    writer.endObject()
    return try JSONDocument(parsing: writer.finish(), limits: JSONLimits(maxBytes: .max)).root
  }
}
