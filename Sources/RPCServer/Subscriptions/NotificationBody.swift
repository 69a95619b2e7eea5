import JSONRPC

/// The `result` of the notifications that the server sends of its own.
enum NotificationBody {
  static func kind(_ kind: String) -> [UInt8] {
    var writer = JSONWriter(capacity: 64)
    writer.beginObject()
    writer.member("kind", kind)
    writer.endObject()
    return writer.finish()
  }

  static func closed(reason: String) -> [UInt8] {
    var writer = JSONWriter(capacity: 64)
    writer.beginObject()
    writer.member("kind", "closed")
    writer.member("reason", reason)
    writer.endObject()
    return writer.finish()
  }
}
