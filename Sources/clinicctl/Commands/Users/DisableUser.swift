import ArgumentParser
import JSONRPC

struct DisableUser: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable", abstract: "Refuse a user from now on, open connections included.")

  @OptionGroup var user: UserArgument
  @OptionGroup var options: GlobalOptions

  func run() async throws { try await user.update(options) { $0.member("enabled", false) } }
}
