import JSONRPC
import Terminal

/// Writes results to standard output, to people or to programs.
struct ResultOutput {
  let writesJSON: Bool

  /// On a terminal results are for people, unless JSON is asked for; in a pipe for programs.
  init(json: Bool) {
    writesJSON = json || !Terminal.isTerminal(.output)
  }

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

  /// Writes a sentence to people, or the result to programs.
  func show(_ sentence: String, or result: JSONValue) throws {
    if writesJSON { try show(result) } else { try Terminal.write(sentence + "\n") }
  }
}

extension GlobalOptions {
  var output: ResultOutput { ResultOutput(json: json) }

  var writesJSON: Bool { output.writesJSON }

  func show(_ result: JSONValue) throws { try output.show(result) }

  func show(_ sentence: String, or result: JSONValue) throws {
    try output.show(sentence, or: result)
  }
}
