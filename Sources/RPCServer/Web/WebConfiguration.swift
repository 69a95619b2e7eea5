/// What a server needs to know to serve HTTP.
public struct WebConfiguration: Sendable {
  /// Origins, beside the server's own, whose pages may call: `https://clinic.example`.
  public var origins: Set<String> = []
  /// What is missing before calls can be answered, a line each; empty when nothing is.
  public var missing: @Sendable () -> [String] = { [] }

  public init() {}
}
