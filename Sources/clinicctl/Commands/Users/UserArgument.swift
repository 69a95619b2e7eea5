import ArgumentParser
import JSONRPC

/// A user named by user name or by id.
struct UserArgument: ParsableArguments {
  @Argument(help: "The user's name or number.")
  var user: String

  private struct Known: Decodable {
    var id: Int
    var username: String
  }
  private struct Page: Decodable {
    var items: [Known]
    var nextCursor: String?
  }
  private struct Query: Encodable {
    var limit = 200
    var cursor: String?

    // Absent is not the same as null to a daemon that checks types.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Keys.self)
      try container.encode(limit, forKey: .limit)
      if let cursor { try container.encode(cursor, forKey: .cursor) }
    }
    enum Keys: CodingKey { case limit, cursor }
  }

  /// The user's number. If digits were typed and a user has that name, the name is meant.
  func id(_ daemon: Daemon) async throws -> Int {
    var query = Query()
    repeat {
      let page: Page = try await daemon.call("users.list", query)
      if let found = page.items.first(where: { $0.username == user.lowercased() }) {
        return found.id
      }
      query.cursor = page.nextCursor
    } while query.cursor != nil
    guard let id = Int(user) else { throw Failure.failed("there is no user \(user)") }
    return id
  }
}

extension UserArgument {
  /// Updates the user with the members that `members` writes.
  func update(_ options: GlobalOptions, _ members: (inout JSONWriter) -> Void) async throws {
    let daemon = try await Daemon(options)
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("id", try await id(daemon))
    members(&writer)
    writer.endObject()
    try options.show(await daemon.call("users.update", json: writer.finish()))
  }
}
