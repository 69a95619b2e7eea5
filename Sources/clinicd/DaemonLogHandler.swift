import Host
import Logging
import Synchronization
import Systemd

/// Writes the daemon's log: to the journal, with fields, when the journal listens, otherwise to
/// standard error as lines for people.
struct DaemonLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  private let journal: JournalWriter?

  init(level: Logger.Level) {
    logLevel = level
    journal = JournalWriter.isAvailable ? JournalWriter(identifier: "clinicd") : nil
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
    // Readers of the journal see only the message, so the metadata is in that, too.
    let tail = all.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.line($0.value))" }.joined()
    let message = "\(event.message)\(tail)"
    if let journal {
      var fields = all.map { (name: Self.field($0.key), value: $0.value.description) }
      fields.append((name: "CODE_FILE", value: event.file))
      fields.append((name: "CODE_LINE", value: String(event.line)))
      let priority = Self.priority(of: event.level)
      if journal.write(priority: priority, message: message, fields: fields) {
        return
      }
    }
    standardError("clinicd \(event.level): \(message)")
  }

  /// The value without line breaks, which could pass for another entry.
  private static func line(_ value: Logger.Metadata.Value) -> String {
    value.description.split { $0.isNewline }.joined(separator: "; ")
  }

  /// `rpc.request_id` becomes `RPC_REQUEST_ID`.
  private static func field(_ key: String) -> String {
    String(key.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  private static func priority(of level: Logger.Level) -> JournalWriter.Priority {
    switch level {
    case .trace, .debug: .debug
    case .info: .informational
    case .notice: .notice
    case .warning: .warning
    case .error: .error
    case .critical: .critical
    }
  }
}
