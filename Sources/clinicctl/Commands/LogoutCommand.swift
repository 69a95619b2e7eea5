import ArgumentParser
import JSONRPC
import RPCClient

/// Ends the login that was kept.
struct LogoutCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logout", abstract: "End the login and forget its tokens.")

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let store = try LoginStore.ofThisUser()
    let endpoint = options.endpoint
    guard let login = try store.login(at: endpoint) else {
      throw Failure.failed("nobody is logged in at \(endpoint)")
    }
    // Forgotten even if the daemon cannot be told: then the tokens end in their own time.
    try store.remove(at: endpoint)
    do {
      let daemon = try await Daemon(options, authentication: .none)
      try await daemon.reporting { try await end(login, over: daemon.client.connection()) }
    } catch Failure.unreachable(let reason) {
      throw Failure.unreachable(Self.goesOn(reason))
    } catch Failure.failed(let reason) {
      throw Failure.failed(Self.goesOn(reason))
    }
    var result = JSONWriter()
    result.beginObject()
    result.member("username", login.username)
    result.endObject()
    try options.show(
      "\(Printable.text(login.username)) is logged out.",
      or: JSONDocument(parsing: result.bytes).root)
  }

  private static func goesOn(_ reason: String) -> String {
    "\(reason). The tokens are forgotten here, but the login may go on there"
  }

  /// A login whose tokens are not accepted has ended already.
  private func end(_ login: StoredLogin, over connection: RPCConnection) async throws {
    do {
      try await connection.authenticate(login.accessToken)
    } catch let error as RPCError where error.isNotAuthenticated {
      do {
        try await connection.authenticate(connection.refresh(login.refreshToken).accessToken)
      } catch let error as RPCError where error.isNotAuthenticated {
        return
      }
    }
    _ = try await connection.call("auth.logout", rawParams: nil)
  }
}
