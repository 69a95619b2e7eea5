/// How a connection is made and kept.
public struct ConnectionOptions: Sendable {
  /// How long connecting may take.
  public var connectTimeout: Duration
  /// How long a call waits for its answer unless the call says otherwise; nil waits forever.
  public var callTimeout: Duration?
  /// After that much silence the server is asked for a sign of life; when none comes the
  /// connection is given up. Nil never asks.
  public var keepalive: Duration?
  /// The largest message that is accepted.
  public var maxMessageBytes: Int
  /// Options of endpoints that speak TLS.
  public var tls = TLSOptions()

  public init(
    connectTimeout: Duration = .seconds(5), callTimeout: Duration? = .seconds(30),
    keepalive: Duration? = .seconds(15), maxMessageBytes: Int = 64 << 20
  ) {
    self.connectTimeout = connectTimeout
    self.callTimeout = callTimeout
    self.keepalive = keepalive
    self.maxMessageBytes = maxMessageBytes
  }
}
