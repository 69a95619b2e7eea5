import ArgumentParser
import JSONRPC

struct AddUser: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a user.",
    discussion: "The password is asked for, or read from a file or from standard input.")

  @Argument(help: "The name to log in with.")
  var username: String

  @Option(help: "The person's name.")
  var name: String

  @Option(help: "What the user is to the clinic.")
  var role: UserRole

  @Option(help: "An address for mail.")
  var email: String?

  @Option(help: "A doctor's field.")
  var speciality: String?

  @Option(help: "Where a doctor sees patients, as boards show it.")
  var room: String?

  @OptionGroup var password: PasswordOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let daemon = try await Daemon(options)
    let password = try password.read("New password: ", confirmation: "The same again: ")
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("username", username)
    writer.member("password", password)
    writer.member("full_name", name)
    writer.member("role", role.rawValue)
    if let email { writer.member("email", email) }
    if let speciality { writer.member("speciality", speciality) }
    if let room { writer.member("room", room) }
    writer.endObject()
    try options.show(await daemon.call("auth.register", json: writer.finish()))
  }
}
