import ArgumentParser
import JSONRPC

struct ResetUserPassword: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reset-password", abstract: "Give a user another password; ends every login.")

  @OptionGroup var user: UserArgument
  @OptionGroup var password: PasswordOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let daemon = try await Daemon(options)
    let id = try await user.id(daemon)
    let password = try password.read("New password: ", confirmation: "The same again: ")
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("id", id)
    writer.member("new_password", password)
    writer.endObject()
    let result = try await daemon.call("users.reset_password", json: writer.finish())
    try options.show("The password is changed; the user has to log in again.", or: result)
  }
}
