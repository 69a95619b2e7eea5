import ArgumentParser
import JSONRPC

struct EnableUser: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable", abstract: "Let a user log in again.")

  @OptionGroup var user: UserArgument
  @OptionGroup var options: GlobalOptions

  func run() async throws { try await user.update(options) { $0.member("enabled", true) } }
}
