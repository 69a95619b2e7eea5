/// A method, as `rpc.discover` tells of it.
public struct MethodDescription: Sendable {
  /// An error that a caller should be ready for.
  public struct ErrorDescription: Sendable, Equatable {
    public var code: RPCError.Code
    /// What `data.reason` says.
    public var reason: String
    public var message: String?

    public init(code: RPCError.Code, reason: String, message: String? = nil) {
      self.code = code
      self.reason = reason
      self.message = message
    }
  }

  /// A member that OpenRPC does not know.
  public struct Extension: Sendable, Equatable {
    public var name: String
    public var json: String

    /// - Parameters:
    ///   - name: begins with `x-`.
    ///   - json: the member's value, as JSON text.
    public init(_ name: String, _ json: String) {
      self.name = name
      self.json = json
    }
  }

  public var name: String
  /// One line.
  public var summary: String
  public var description: String?
  public var params: MethodParams
  /// Nil for a method that is only sent as a notification.
  public var result: JSONSchema?
  /// Who may call it; empty when nobody needs to log in.
  public var roles: [String]
  public var errors: [ErrorDescription]
  public var extensions: [Extension]

  public init(
    name: String, summary: String, description: String? = nil, params: MethodParams = .none,
    result: JSONSchema?, roles: [String] = [], errors: [ErrorDescription] = [],
    extensions: [Extension] = []
  ) {
    self.name = name
    self.summary = summary
    self.description = description
    self.params = params
    self.result = result
    self.roles = roles
    self.errors = errors
    self.extensions = extensions
  }
}

/// A notification that the server sends.
public struct NotificationDescription: Sendable {
  public var name: String
  public var summary: String
  public var params: JSONSchema

  public init(name: String, summary: String, params: JSONSchema) {
    self.name = name
    self.summary = summary
    self.params = params
  }
}
