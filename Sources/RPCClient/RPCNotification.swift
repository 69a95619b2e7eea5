public import JSONRPC

/// What a server sends unasked.
public struct RPCNotification: Sendable {
  /// What it is about, such as `queue.changed`.
  public let method: String
  /// An object or an array, if there is anything.
  public let params: JSONValue?

  public init(method: String, params: JSONValue?) {
    self.method = method
    self.params = params
  }
}

/// What a receiver of notifications wants next.
public enum ReadingFlow: Sendable {
  /// Go on reading.
  case more
  /// Stop reading, so that untaken notifications pile up at the server and not here.
  case pause
}
