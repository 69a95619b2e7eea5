import ArgumentParser
import JSONRPC
import Terminal

/// Shows what can be called.
struct MethodsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "methods", abstract: "List the methods that you may call, or the params of one.")

  @Argument(
    help: "A method, to see its params.", completion: .shellCommand("clinicctl methods --names"))
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
    var lines = [method["summary"].map(CellText.text) ?? ""]
    let params = method["params"].map { Array($0.elements) } ?? []
    guard !params.isEmpty else { return lines + ["", "No params."] }
    let table = TextTable(
      columns: ["param", "type", "required"].map { TextTable.Column(heading: $0) },
      rows: params.map { param in
        [
          param["name"].map(CellText.text) ?? "",
          param["schema"].map(describe(schema:)) ?? "",
          param["required"]?.bool == true ? "yes" : "",
        ]
      })
    lines.append("")
    return lines + (table.lines(width: nil) ?? [])
  }

  private static func describe(schema: JSONValue) -> String {
    if let choices = schema["enum"] { return CellText.text(choices) }
    if let choices = schema["oneOf"] ?? schema["anyOf"] {
      return choices.elements.map(describe(schema:)).filter { $0 != "null" }
        .joined(separator: " or ")
    }
    let type = schema["type"].map(CellText.text) ?? "any"
    if let items = schema["items"], type.hasPrefix("array") {
      return "list of \(describe(schema: items))"
    }
    if let format = schema["format"] { return CellText.text(format) }
    return type.split(separator: ", ").filter { $0 != "null" }.joined(separator: " or ")
  }
}
