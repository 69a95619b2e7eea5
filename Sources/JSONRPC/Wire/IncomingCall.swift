/// A Request object that is well formed.
public struct IncomingCall: Sendable {
  /// Nil for a notification, which gets no answer.
  public let id: RequestID?
  public let method: String
  /// An object or an array; nil when the request has none.
  public let params: JSONValue?

  public init(id: RequestID?, method: String, params: JSONValue?) {
    self.id = id
    self.method = method
    self.params = params
  }

  public var isNotification: Bool { id == nil }
}
