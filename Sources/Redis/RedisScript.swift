import Crypto

/// A Lua script that the server runs as one step.
///
/// Make it once and keep it: it carries its SHA-1, by which the server knows it.
public struct RedisScript: Sendable, Hashable {
  public let source: String
  /// 40 hexadecimal digits. It protects nothing.
  public let sha1: String

  public init(_ source: String) {
    self.source = source
    sha1 = Insecure.SHA1.hash(data: Array(source.utf8)).map {
      String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
    }.joined()
  }
}
