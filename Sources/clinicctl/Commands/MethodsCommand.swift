import ArgumentParser
import Clinic
import JSONRPC
import Terminal

/// Shows what can be called.
struct MethodsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "methods", abstract: "List the methods that you may call, or the params of one.")

  @Argument(
    help: "A method, to see its params.", completion: .methods)
  var method: String?

  @Flag(name: .long, help: "Write the names alone, a line each.")
  var names = false

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let document = try await Daemon(options, authentication: .ifPossible).call("rpc.discover")
    let methods = document["methods"].map { Array($0.elements) } ?? []
    if names {
      return try Terminal.write(
        methods.compactMap { $0["name"]?.string }.map { $0 + "\n" }.joined())
    }
    guard let name = method else {
      return try options.writesJSON ? options.show(document) : show(table(of: methods))
    }
    guard let method = methods.first(where: { $0["name"]?.string == name }) else {
      throw Failure.failed("there is no method \(name) that you may call")
    }
    try options.writesJSON ? options.show(method) : show(Self.describe(method))
  }

  private func show(_ lines: [String]) throws {
    try Terminal.write(lines.joined(separator: "\n") + "\n")
  }

  private func table(of methods: [JSONValue]) -> [String] {
    let table = TextTable(
      columns: [TextTable.Column(heading: "method"), TextTable.Column(heading: "what it does")],
      rows: methods.map { [text($0["name"]), text($0["summary"])] })
    return table.lines(width: Terminal.size()?.columns) ?? table.rows.map { $0[0] }
  }

  private func text(_ value: JSONValue?) -> String { value.map(CellText.text) ?? "" }

  /// The method's summary, and its params with their types.
  private static func describe(_ method: JSONValue) -> [String] {
    let summary = method["summary"].map(CellText.text) ?? ""
    let params = SchemaText.params(of: method)
    guard !params.isEmpty else { return [summary, "", "No params."] }
    let table = TextTable(
      columns: ["param", "", "type"].map { TextTable.Column(heading: $0) },
      rows: params.map { [$0.name, $0.isRequired ? "required" : "", $0.type] })
    return [summary, ""] + (table.lines(width: nil) ?? [])
  }
}

extension CompletionKind {
  /// The methods of this program's own version: no daemon is asked, or started, for a key press.
  static let methods = CompletionKind.custom {
    (_: [String], _: Int, _: String) -> [String] in (try? MethodTable.all().names) ?? []
  }
}
