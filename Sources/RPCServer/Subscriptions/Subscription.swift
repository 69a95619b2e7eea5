import JSONRPC
import NIOCore

/// One subscription of a connection, on its event loop.
final class Subscription {
  let id: String
  let channel: String
  /// The number of the call that made it.
  let call: UInt64?
  /// The connection holds its subscriptions too, until it is closed.
  let connection: ConnectionHandler
  var state: SubscriberState
  /// The subscription ended before its client knew of it; this is the last it will be told.
  var lastBody: [UInt8]?
  /// Its place in the list of its channel's subscriptions.
  var index = 0

  private let prefix: NotificationPrefix
  /// The subscription's id as a JSON string.
  private let encodedID: [UInt8]

  init(
    _ request: SubscribeRequest, isHeld: Bool, prefix: NotificationPrefix,
    connection: ConnectionHandler
  ) {
    self.id = request.id
    self.channel = request.channel
    self.call = request.call
    self.connection = connection
    self.state = SubscriberState(overflow: request.overflow, isHeld: isHeld)
    self.prefix = prefix
    var writer = JSONWriter(capacity: id.utf8.count + 2)
    writer.string(id)
    self.encodedID = writer.finish()
  }

  /// A notification with this subscription's id, up to its tail.
  func head(reserving more: Int) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(
      capacity: prefix.bytes.count + encodedID.count + more)
    buffer.writeBytes(prefix.bytes)
    buffer.writeBytes(encodedID)
    return buffer
  }
}

/// What all notifications of a method begin with, up to the subscription's id.
final class NotificationPrefix {
  let bytes: [UInt8]

  init(method: String) {
    var writer = JSONWriter(capacity: 64 + method.utf8.count)
    writer.beginObject()
    writer.member("jsonrpc", "2.0")
    writer.member("method", method)
    writer.key("params")
    writer.beginObject()
    writer.key("subscription")
    bytes = writer.finish()
  }
}

/// What follows the subscription's id in a notification: the same bytes for all connections that
/// end their lines alike.
struct NotificationTail {
  private let result: [UInt8]
  private var made: [(terminator: MessageFramer.Terminator, bytes: ByteBuffer)] = []

  init(result: [UInt8]) {
    self.result = result
  }

  mutating func bytes(for terminator: MessageFramer.Terminator) -> ByteBuffer {
    for (other, bytes) in made where other == terminator { return bytes }
    let member: StaticString = ",\"result\":"
    let end = terminator.bytes
    var bytes = ByteBufferAllocator().buffer(
      capacity: member.utf8CodeUnitCount + result.count + 2 + end.count)
    bytes.writeStaticString(member)
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
