import JSONRPC

/// Why somebody held or released a batch, as the audit keeps it.
enum AuditedReason {
  static func json(_ reason: Line) -> String {
    var json = JSONWriter()
    json.beginObject()
    json.member("reason", reason.rawValue)
    json.endObject()
    return String(decoding: json.finish(), as: UTF8.self)
  }
}
