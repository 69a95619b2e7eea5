import ArgumentParser
import JSONRPC

struct DisableUser: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable", abstract: "Refuse a user from now on, open connections included.")

  @OptionGroup var user: UserArgument
  @OptionGroup var options: GlobalOptions

  func run() async throws { try await user.update(options) { $0.member("enabled", false) } }
}

struct EnableUser: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable", abstract: "Let a user log in again.")

  @OptionGroup var user: UserArgument
  @OptionGroup var options: GlobalOptions

  func run() async throws { try await user.update(options) { $0.member("enabled", true) } }
}

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
