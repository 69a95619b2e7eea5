import Crypto
import JSONRPC
import Postgres

/// Secrets that are handed out.
enum Secret {
  /// 256 random bits.
  static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    return Base64URL.encode((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }

  static func hash(_ secret: String) -> [UInt8] {
    Array(SHA256.hash(data: Array(secret.utf8)))
  }
}

/// A secret that was handed out, as a caller sends it back: a refresh token, or the secret of a
/// pairing.
package struct OpaqueToken: SecretText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...200 }
}
