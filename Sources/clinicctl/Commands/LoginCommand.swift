import ArgumentParser
import JSONRPC
import RPCClient
import Terminal

/// Logs in, and keeps the tokens.
struct LoginCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "login",
    abstract: "Log in by password; later commands act as that user.",
    discussion: """
      The password is asked for, or read from a file or from standard input. What is kept are \
      tokens, in $XDG_CONFIG_HOME/clinicd/session.json, readable by nobody else.
      """)

  private struct Login: Encodable {
    var username: String
    var password: String
  }

  @Argument(help: "The user's name; asked for when it is missing.")
  var username: String?

  @OptionGroup var password: PasswordOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let daemon = try await Daemon(options, authentication: .none)
    let username = try self.username ?? askForName()
    let login = Login(username: username, password: try password.read("Password: "))
    let result = try await daemon.call("auth.login", login)
    let credentials: Credentials
    do {
      credentials = try JSONValueDecoder(unknownMembers: .ignore)
        .decode(Credentials.self, from: result)
    } catch {
      throw Failure.failed("the daemon's answer makes no sense: \(error)")
    }
    try LoginStore.ofThisUser().save(credentials.login(at: daemon.endpoint))
    let user = credentials.user
    let name = Printable.text(user.fullName ?? user.username)
    // The tokens are for the file, not for a screen or a log.
    try options.show("Logged in as \(name) (\(user.role)).", or: result["user"] ?? result)
  }

  private func askForName() throws -> String {
    guard Terminal.isTerminal(.input),
      let name = try? StandardInput.readLine(prompt: "User name: "), !name.isEmpty
    else { throw Failure.usage("give a user name") }
    return name
  }
}
