import ArgumentParser
import Host
import JSONRPC
import RPCClient
import Terminal

/// Calls any method.
struct CallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call",
    abstract: "Call a method.",
    usage: "clinicctl call <method> [key=value ... | JSON]",
    discussion: """
      Params are key=value pairs, or one JSON object or array (- reads it from standard input).

        key=value    JSON where the value is JSON (5, true, null), else text (ana, 2026-01-31)
        key:=JSON    always JSON: items:='[{"medicine_id": 3}]', code:='"007"'
        key=@file    the text in a file; key:=@file the JSON in it; - is standard input
        a.b=value    a member of an object: emergency_contact.phone=0712345678

      clinicctl methods lists the methods, clinicctl methods <method> the params of one.
      """)

  @Argument(
    help: "The method, for example patients.list.", completion: .methods)
  var method: String

  @Argument(help: ArgumentHelp("The params.", valueName: "key=value"))
  var params: [String] = []

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    var params: Params
    do {
      params = try Params(self.params, readFile: Self.read)
    } catch let error as Params.Invalid {
      throw Failure.usage(error.message)
    }
    let daemon = try await Daemon(options)
    // At most once for each param that was typed.
    for _ in 0...self.params.count {
      do {
        try await options.show(call(daemon, params.json))
        return
      } catch Failure.refused(let error) {
        guard Self.wantsText(error), let field = Self.field(of: error), params.makeText(of: field)
        else { throw Failure.refused(error) }
      }
    }
  }

  private func call(_ daemon: Daemon, _ json: [UInt8]?) async throws -> JSONValue {
    let method = method
    return try await Progress.during("waiting for \(method)") {
      try await daemon.call(method, json: json)
    }
  }

  /// Whether the daemon wants a string where a number was typed, a phone number perhaps: the
  /// refused call was not run, and is made again with the text as typed.
  private static func wantsText(_ error: RPCError) -> Bool {
    error.code == RPCError.Code.invalidParams.rawValue && error.reason == "wrong_type"
  }

  private static func field(of error: RPCError) -> String? {
    if case .string(let field)? = error.data["field"] { field } else { nil }
  }

  private static func read(_ path: String) throws -> [UInt8] {
    if path == "-" { return StandardInput.readAll() }
    do {
      return try SmallFile.read(path)
    } catch {
      throw Failure.usage("\(path) cannot be read: \(error.reason)")
    }
  }
}
