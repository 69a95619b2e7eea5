import JSONRPC
import Terminal

/// Writes results to standard output, to people or to programs.
struct ResultOutput {
  let writesJSON: Bool

  func show(_ result: JSONValue) throws {
    if writesJSON {
      let isForPeople = Terminal.isTerminal(.output)
      let text =
        isForPeople ? PrettyJSON.text(result) : String(decoding: result.rawBytes, as: UTF8.self)
      try Terminal.write(text + "\n")
    } else {
      let lines = ResultRenderer(width: Terminal.size()?.columns).lines(result)
      try Terminal.write(lines.joined(separator: "\n") + "\n")
    }
  }
}

extension GlobalOptions {
  /// Writes a result as it was asked for.
  func show(_ result: JSONValue) throws {
    try ResultOutput(writesJSON: writesJSON).show(result)
  }

  /// Writes a sentence to people, or the result to programs.
  func show(_ sentence: String, or result: JSONValue) throws {
    if writesJSON { try show(result) } else { try Terminal.write(sentence + "\n") }
  }
}
