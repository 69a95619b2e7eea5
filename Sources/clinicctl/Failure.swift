import JSONRPC
import RPCClient
import Terminal

/// Why the program ends without having done what it was asked for.
enum Failure: Error {
  /// The daemon refused the call.
  case refused(RPCError)
  /// The call was sent, or may have been, and did not succeed.
  case failed(String)
  /// The command line makes no sense.
  case usage(String)
  /// No daemon answers.
  case unreachable(String)

  /// The exit status of the process.
  var status: Int32 {
    switch self {
    case .refused, .failed: 1
    case .usage: 2
    case .unreachable: 3
    }
  }

  /// Makes a failure of whatever a call throws.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as RPCError: self = .refused(error)
    case RPCClientError.unreachable(let endpoint, let reason):
      self = .unreachable("no daemon at \(endpoint): \(reason)")
    case let error as RPCClientError: self = .failed(error.description)
    case is CancellationError: self = .failed("interrupted")
    default: self = .failed("\(error)")
    }
  }

  /// Reports the failure on standard error: for people, or as JSON with the members of a call's
  /// error.
  func report(asJSON: Bool) {
    try? Terminal.write((asJSON ? json : text) + "\n", to: .error)
  }

  var text: String {
    switch self {
    case .failed(let message), .usage(let message), .unreachable(let message):
      "clinicctl: \(message)"
    case .refused(let error): Self.describe(error)
    }
  }

  private var json: String {
    var writer = JSONWriter()
    switch self {
    case .failed(let message): Self.write(message, reason: "failed", into: &writer)
    case .usage(let message): Self.write(message, reason: "usage", into: &writer)
    case .unreachable(let message): Self.write(message, reason: "unreachable", into: &writer)
    case .refused(let error): error.write(into: &writer)
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func write(_ message: String, reason: String, into writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("message", message)
    writer.key("data")
    writer.beginObject()
    writer.member("reason", reason)
    writer.endObject()
    writer.endObject()
  }

  /// The message, then the members of `data`, a line each: the reason first.
  static func describe(_ error: RPCError) -> String {
    var lines = ["clinicctl: \(Printable.text(error.message))"]
    var writer = JSONWriter()
    error.write(into: &writer)
    guard let data = try? JSONDocument(parsing: writer.bytes).root["data"] else { return lines[0] }
    let width = data.members.map { $0.name.count }.max() ?? 0
    for (name, value) in data.members {
      let padding = String(repeating: " ", count: width - name.count)
      lines.append("  \(name)\(padding)  \(CellText.text(value))")
    }
    return lines.joined(separator: "\n")
  }
}
