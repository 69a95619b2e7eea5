import ArgumentParser
import JSONRPC

struct ChangeUserRole: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "role", abstract: "Give a user another role.")

  @OptionGroup var user: UserArgument

  @Argument(help: "The new role.")
  var role: UserRole

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    try await user.update(options) { $0.member("role", role.rawValue) }
  }
}
