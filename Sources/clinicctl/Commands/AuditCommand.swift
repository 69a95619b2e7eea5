import ArgumentParser
import JSONRPC
import Terminal

/// Looks after the audit.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Check the audit's chain.",
    subcommands: [VerifyAudit.self], defaultSubcommand: VerifyAudit.self)
}

/// Walks the whole chain of the audit.
struct VerifyAudit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that no audit entry was edited, removed, inserted or put elsewhere.",
    discussion: """
      Ends with status 1 at the first entry that is wrong. A cut end shows against an anchor: the \
      one in the daemon's state directory, and the one that is given.
      """)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A link that was kept elsewhere: the journal has one each minute.",
      valueName: "position:link"))
  var anchor: String?

  @Option(name: .long, help: ArgumentHelp("The first entry to check.", valueName: "position"))
  var from: Int?

  @OptionGroup var options: GlobalOptions

  private struct Params: Encodable {
    var from: Int?
    var limit = 10_000
    var anchor: String?
  }

  func run() async throws {
    let daemon = try await Daemon(options)
    let showsProgress = Terminal.isTerminal(.error)
    var params = Params(from: from, anchor: anchor)
    var checked = 0
    while true {
      let part = try await daemon.call("audit.verify", params)
      checked += part["checked"]?.int ?? 0
      let isOK = part["ok"]?.bool == true
      if showsProgress {
        try Terminal.write("\r\u{1b}[K", to: .error)
        if isOK, part["next"]?.int != nil {
          try Terminal.write("checked \(checked) of \(part["sealed"]?.int ?? 0)", to: .error)
        }
      }
      if isOK, let next = part["next"]?.int {
        params.from = next
        continue
      }
      try options.show(
        Self.sentence(for: part, checked: checked), or: try Self.whole(part, checked: checked))
      if !isOK { throw Failure.failed("the audit is not what it was") }
      return
    }
  }

  /// The last part's result, as that of all parts.
  private static func whole(_ part: JSONValue, checked: Int) throws -> JSONValue {
    var json = JSONWriter()
    json.beginObject()
    for member in part.members {
      json.key(member.name)
      if member.name == "checked" { json.int(checked) } else { json.value(member.value) }
    }
    json.endObject()
    return try JSONDocument(parsing: json.finish()).root
  }

  private static func sentence(for part: JSONValue, checked: Int) -> String {
    if let bad = part["first_bad"], !bad.isNull {
      return "The first bad entry is at position \(text(bad["position"])): \(text(bad["reason"]))."
    }
    var lines = [
      "\(checked) entries are as they were sealed; \(text(part["unsealed"])) wait for it."
    ]
    if let head = part["head"]?.string { lines.append("The last link, to keep elsewhere: \(head)") }
    return lines.joined(separator: "\n")
  }

  private static func text(_ value: JSONValue?) -> String { value.map(CellText.text) ?? "" }
}
