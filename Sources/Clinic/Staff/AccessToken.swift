import Crypto
import FoundationEssentials
import JSONRPC
import Postgres

/// How access tokens are signed.
package enum JWTAlgorithm: String, Sendable, CaseIterable {
  case hs256 = "HS256"
  case hs384 = "HS384"
  case hs512 = "HS512"
}

/// A JSON Web Token (RFC 7519) that says who is calling, for a while.
package struct AccessToken: Sendable, Equatable {
  package var userID: ID<User>
  package var loginID: Int64
  package var epoch: Int64
  package var issuedAt: Instant
  package var expiresAt: Instant

  /// The compact form, signed.
  package func signed(with keys: SigningKeys) -> String {
    var claims = JSONWriter()
    claims.beginObject()
    claims.member("iss", "clinicd")
    claims.member("sub", String(userID.rawValue))
    claims.member("sid", Int(loginID))
    claims.member("epoch", Int(epoch))
    claims.member("iat", Int(issuedAt.seconds))
    claims.member("exp", Int(expiresAt.seconds))
    claims.endObject()
    let header = Array(#"{"alg":"\#(keys.algorithm.rawValue)","typ":"JWT"}"#.utf8)
    let body = Base64URL.encode(header) + "." + Base64URL.encode(claims.finish())
    return body + "." + Base64URL.encode(keys.signature(of: Array(body.utf8)))
  }

  /// How far in the future a token may have been made: hosts' clocks differ.
  private static let skew: Int64 = 300

  /// Reads a token and checks its signature and its time, and nothing else: whether the user may
  /// still come in is for the directory to say.
  ///
  /// - Parameter life: how many seconds tokens live. One that was to live longer, made under another
  ///   configuration, or before the clock was set back, ends as early: no longer than that is it
  ///   known which logins have ended.
  package init(
    verifying text: String, with keys: SigningKeys, living life: Int64, at now: Instant
  ) throws(ClinicError) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard text.utf8.count <= 2048, parts.count == 3, let header = Base64URL.decode(parts[0]),
      let claims = Base64URL.decode(parts[1]), let signature = Base64URL.decode(parts[2]),
      let head = try? JSONDocument(parsing: header).root,
      head["alg"]?.string == keys.algorithm.rawValue,
      keys.isValid(signature, of: Array((parts[0] + "." + parts[1]).utf8)),
      let body = try? JSONDocument(parsing: claims).root, body["iss"]?.string == "clinicd",
      let user = body["sub"]?.string.flatMap(Int64.init), let login = body["sid"]?.int,
      let epoch = body["epoch"]?.int, let issued = Self.instant(body["iat"]),
      let expires = Self.instant(body["exp"])
    else { throw ClinicError(.tokenInvalid) }
    self.init(
      userID: ID(rawValue: user), loginID: Int64(login), epoch: Int64(epoch),
      issuedAt: issued, expiresAt: min(expires, issued.adding(seconds: life)))
    guard isLive(at: now) else { throw ClinicError(.tokenExpired) }
  }

  /// Whether the token has not expired, and is not of a time that is still to come.
  func isLive(at now: Instant) -> Bool {
    now < expiresAt && issuedAt <= now.adding(seconds: Self.skew)
  }

  private static func instant(_ seconds: JSONValue?) -> Instant? {
    guard let seconds = seconds?.int else { return nil }
    let (microseconds, isTooMuch) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000)
    return isTooMuch ? nil : Instant(microseconds: microseconds)
  }

  package init(
    userID: ID<User>, loginID: Int64, epoch: Int64, issuedAt: Instant, expiresAt: Instant
  ) {
    self.userID = userID
    self.loginID = loginID
    self.epoch = epoch
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
  }
}

/// The key that signs, and earlier keys that still verify.
package struct SigningKeys: Sendable {
  package let algorithm: JWTAlgorithm
  private let current: SymmetricKey
  private let previous: [SymmetricKey]

  package init(algorithm: JWTAlgorithm, current: [UInt8], previous: [[UInt8]] = []) {
    self.algorithm = algorithm
    self.current = SymmetricKey(data: current)
    self.previous = previous.map { SymmetricKey(data: $0) }
  }

  func signature(of bytes: [UInt8]) -> [UInt8] {
    switch algorithm {
    case .hs256: Array(HMAC<SHA256>.authenticationCode(for: bytes, using: current))
    case .hs384: Array(HMAC<SHA384>.authenticationCode(for: bytes, using: current))
    case .hs512: Array(HMAC<SHA512>.authenticationCode(for: bytes, using: current))
    }
  }

  /// Compares in constant time.
  func isValid(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
    ([current] + previous).contains { key in
      switch algorithm {
      case .hs256:
        HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: bytes, using: key)
      case .hs384:
        HMAC<SHA384>.isValidAuthenticationCode(signature, authenticating: bytes, using: key)
      case .hs512:
        HMAC<SHA512>.isValidAuthenticationCode(signature, authenticating: bytes, using: key)
      }
    }
  }
}

/// An access token as a caller sends it.
package struct SignedToken: SecretText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...1000 }
}
