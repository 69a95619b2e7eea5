import JSONRPC
import NIOCore

/// One subscription of a connection, on its event loop.
final class Subscription {
  let id: String
  let channel: String
  unowned let connection: ConnectionHandler
  var state: SubscriberState
  /// The subscription ended before its client knew of it; this is the last it will be told.
  var lastBody: [UInt8]?
  /// Where it stands in its channel's list.
  var index = 0

  /// What comes before a notification's `result`.
  let prefix: ByteBuffer

  init(
    id: String, channel: String, method: String, overflow: OverflowPolicy, isHeld: Bool,
    connection: ConnectionHandler
  ) {
    self.id = id
    self.channel = channel
    self.connection = connection
    self.state = SubscriberState(overflow: overflow, isHeld: isHeld)
    var writer = JSONWriter(capacity: 96 + method.utf8.count + id.utf8.count)
    writer.beginObject()
    writer.member("jsonrpc", "2.0")
    writer.member("method", method)
    writer.key("params")
    writer.beginObject()
    writer.member("subscription", id)
    writer.key("result")
    self.prefix = ByteBuffer(bytes: writer.finish())
  }
}

/// A notification's `result` and what follows it: the same bytes for all connections that end their lines alike.
struct NotificationTail {
  private let result: [UInt8]
  private var made: [(terminator: MessageFramer.Terminator, bytes: ByteBuffer)] = []

  init(result: [UInt8]) {
    self.result = result
  }

  mutating func bytes(for terminator: MessageFramer.Terminator) -> ByteBuffer {
    for (other, bytes) in made where other == terminator { return bytes }
    let end = terminator.bytes
    var bytes = ByteBufferAllocator().buffer(capacity: result.count + 2 + end.count)
    bytes.writeBytes(result)
    bytes.writeStaticString("}}")
    bytes.writeBytes(end)
    made.append((terminator, bytes))
    return bytes
  }
}

extension SubscriberState.Notification {
  /// The notification's `result`.
  var body: [UInt8] {
    switch self {
    case .publication(let publication):
      return publication.body
    case .snapshot(let publication, let missed):
      let members = publication.snapshotMembers
      var body = Array(
        "{\"kind\":\"snapshot\",\"reason\":\"overflow\",\"missed\":\(missed)".utf8)
      if !members.isEmpty {
        body.append(UInt8(ascii: ","))
        body += members
      }
      body.append(UInt8(ascii: "}"))
      return body
    }
  }
}
