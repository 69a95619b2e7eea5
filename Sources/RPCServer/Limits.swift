/// What a server grants its clients. Sizes are in bytes.
public struct Limits: Sendable {
  /// One message; past it the connection is closed after an answer.
  public var messageBytes = 1_048_576
  /// Memory for incomplete messages, over all connections; unauthenticated ones may use half.
  /// Otherwise thousands of clients could each hold a nearly complete message.
  public var unfinishedBytes = 33_554_432
  /// How deep arrays and objects may be nested.
  public var nesting = 64
  /// Items of a batch.
  public var batchItems = 100

  /// Calls of one connection that run at the same time.
  public var callsInFlight = 64
  /// Calls of an unauthenticated connection that run at the same time: it has little to ask.
  public var callsInFlightOfStrangers = 4
  /// Bytes of messages read but not started because ``callsInFlight`` are running; past it reading
  /// stops.
  public var waitingBytes = 65_536
  /// The same bytes for an unauthenticated connection.
  public var waitingBytesOfStrangers = 4_096

  /// Connections of all listeners together.
  public var connections = 1_024
  /// Connections of one uid, or of one address.
  public var connectionsPerPeer = 256
  /// How long a TCP connection may stay open without authentication.
  public var unauthenticatedTime = Duration.seconds(30)

  /// How long the handshake of TLS may take.
  public var handshakeTime = Duration.seconds(10)
  /// From the first byte of an HTTP request to its last.
  public var requestTime = Duration.seconds(15)
  /// How long an HTTP connection may stay open without a request.
  public var keepAliveTime = Duration.seconds(60)
  /// How often a WebSocket is sent a ping.
  public var pingInterval = Duration.seconds(25)

  /// Bytes written but not yet taken by the client; past it its requests are not read.
  public var pendingWriteBytes = 32_768
  /// Unread replies of all unauthenticated connections together; a connection that would exceed it
  /// is closed.
  public var unreadBytesOfStrangers = 16_777_216
  /// Likewise of all authenticated ones. 64 KiB of each do not count.
  public var unreadBytes = 268_435_456
  /// How long a client that has something to read may read nothing.
  public var writeStallTimeout = Duration.seconds(30)
  /// Notifications kept for a connection that reads slowly; past it the overflow policy applies.
  public var pendingNotificationBytes = 262_144

  /// Subscriptions of one connection.
  public var subscriptions = 16

  /// How much of a client's input is read, unseen, before a close…
  public var lingerBytes = 4_194_304
  /// … and for how long.
  public var lingerTime = Duration.seconds(2)
  /// How long calls that were told to cancel hold up the close of their connection.
  public var cancellationGrace = Duration.seconds(2)
  /// How long `run()` drains when its task is cancelled.
  public var drainTime = Duration.seconds(10)

  /// What the kernel keeps for a client that does not read.
  public var kernelBytes = 131_072
  /// Connections that the kernel keeps for a listener until they are accepted.
  public var backlog = 4_096

  public init() {}
}
