/// A Lua script that the server runs as one step.
///
/// Make it once and keep it: it carries its SHA-1, by which the server knows it.
public struct RedisScript: Sendable, Hashable {
  public let source: String
  public let sha1: String

  public init(_ source: String) {
    self.source = source
    sha1 = SHA1.hexDigest(of: source.utf8)
  }
}
