import ArgumentParser
import JSONRPC

/// Every user, page after page.
struct ListUsers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the users.")

  @Option(help: "Only those of a role.")
  var role: UserRole?

  @Flag(help: "Only those who may not log in.")
  var disabled = false

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let daemon = try await Daemon(options)
    var users = JSONWriter()
    users.beginObject()
    users.key("items")
    users.beginArray()
    var cursor: JSONValue?
    repeat {
      let page = try await daemon.call("users.list", json: query(after: cursor))
      if let items = page["items"] { for user in items.elements { users.value(user) } }
      cursor = page["next_cursor"].flatMap { $0.isNull ? nil : $0 }
    } while cursor != nil
    users.endArray()
    users.endObject()
    try options.show(JSONDocument(parsing: users.bytes, limits: JSONLimits(maxBytes: .max)).root)
  }

  private func query(after cursor: JSONValue?) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("limit", 200)
    if let role { writer.member("role", role.rawValue) }
    if disabled { writer.member("enabled", false) }
    if let cursor { writer.member("cursor", raw: cursor.rawBytes) }
    writer.endObject()
    return writer.finish()
  }
}
