import JSONRPC
import Testing

@testable import Clinic

@Suite struct AccessTokenTests {
  private let key = [UInt8](repeating: 1, count: 32)
  private let other = [UInt8](repeating: 2, count: 32)
  private let now = Instant(microseconds: 1_771_318_800_000_000)

  private var token: AccessToken {
    AccessToken(
      userID: ID(rawValue: 42), loginID: 7, epoch: 3, issuedAt: now,
      expiresAt: now.adding(seconds: 1800))
  }

  private func keys(_ algorithm: JWTAlgorithm = .hs256) -> SigningKeys {
    SigningKeys(algorithm: algorithm, current: key)
  }

  private func refused(_ text: String, _ keys: SigningKeys, at moment: Instant? = nil) throws
    -> Reason?
  {
    try refusal {
      _ = try AccessToken(verifying: text, with: keys, living: 1800, at: moment ?? now)
    }
  }

  @Test("a token says what was signed", arguments: JWTAlgorithm.allCases)
  func roundTrip(algorithm: JWTAlgorithm) throws {
    let text = token.signed(with: keys(algorithm))
    #expect(try AccessToken(verifying: text, with: keys(algorithm), living: 1800, at: now) == token)
  }

  @Test("another key, another algorithm")
  func otherKeys() throws {
    let text = token.signed(with: keys())
    #expect(try refused(text, SigningKeys(algorithm: .hs256, current: other)) == .tokenInvalid)
    #expect(try refused(text, keys(.hs384)) == .tokenInvalid)
    #expect(try refused(text, keys(.hs512)) == .tokenInvalid)
    #expect(try refused(text, SigningKeys(algorithm: .hs256, current: [])) == .tokenInvalid)
  }

  @Test("the key before verifies and does not sign")
  func previousKey() throws {
    let text = token.signed(with: keys())
    let turned = SigningKeys(algorithm: .hs256, current: other, previous: [key])
    #expect(try refused(text, turned) == nil)
    #expect(try refused(token.signed(with: turned), keys()) == .tokenInvalid)
  }

  @Test("whichever character is altered, left out or added")
  func altered() throws {
    let text = Array(token.signed(with: keys()).utf8)
    let alphabet = Array("Ab-.".utf8)
    for index in text.indices {
      for character in alphabet where character != text[index] {
        var copy = text
        copy[index] = character
        try #require(
          try refused(String(decoding: copy, as: UTF8.self), keys()) == .tokenInvalid, "at \(index)"
        )
      }
      var shorter = text
      shorter.remove(at: index)
      try #require(try refused(String(decoding: shorter, as: UTF8.self), keys()) == .tokenInvalid)
    }
    let whole = String(decoding: text, as: UTF8.self)
    for wrong in [whole + "=", whole + ".", "." + whole, whole + " ", "", ".", "..", "a.b.c"] {
      #expect(try refused(wrong, keys()) == .tokenInvalid)
    }
    #expect(
      try refused(String(repeating: "A", count: 1_000_000) + "." + whole, keys()) == .tokenInvalid)
  }

  @Test("a token ends when it says so")
  func expired() throws {
    let text = token.signed(with: keys())
    let end = token.expiresAt
    #expect(try refused(text, keys(), at: Instant(microseconds: end.microseconds - 1)) == nil)
    #expect(try refused(text, keys(), at: end) == .tokenExpired)
    #expect(try refused(text, keys(), at: end.adding(seconds: 1_000_000)) == .tokenExpired)
  }

  @Test("a token ends when one of this instance's would, and one from the future is none")
  func madeElsewhere() throws {
    let text = token.signed(with: keys())
    let short = try AccessToken(verifying: text, with: keys(), living: 600, at: now)
    #expect(short.expiresAt == now.adding(seconds: 600))
    #expect(throws: ClinicError(.tokenExpired)) {
      _ = try AccessToken(
        verifying: text, with: keys(), living: 600, at: now.adding(seconds: 600))
    }
    #expect(try refused(text, keys(), at: now.adding(seconds: -300)) == nil)
    #expect(try refused(text, keys(), at: now.adding(seconds: -301)) == .tokenExpired)
  }

  /// A token with a header and claims of one's own, signed rightly unless told otherwise.
  private func forged(_ header: String, _ claims: String, signature: [UInt8]? = nil) -> String {
    let body = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(claims.utf8))
    return body + "." + Base64URL.encode(signature ?? keys().signature(of: Array(body.utf8)))
  }

  private let claims =
    #"{"iss":"clinicd","sub":"42","sid":7,"epoch":3,"iat":1771318800,"exp":1771320600}"#

  @Test(
    "no signature is no token, whatever the header says of it",
    arguments: [
      "none", "None", "NONE", "", "HS256", "RS256",
    ])
  func unsigned(algorithm: String) throws {
    let header = #"{"alg":"\#(algorithm)","typ":"JWT"}"#
    #expect(try refused(forged(header, claims, signature: []), keys()) == .tokenInvalid)
    #expect(
      try refused(forged(header, claims, signature: [UInt8](repeating: 0, count: 32)), keys())
        == .tokenInvalid)
    if algorithm != "HS256" {
      #expect(try refused(forged(header, claims), keys()) == .tokenInvalid)
    }
  }

  @Test(
    "claims that are missing or of another kind",
    arguments: [
      #"{"sub":"42","sid":7,"epoch":3,"iat":1,"exp":9999999999}"#,
      #"{"iss":"other","sub":"42","sid":7,"epoch":3,"iat":1,"exp":9999999999}"#,
      #"{"iss":"clinicd","sid":7,"epoch":3,"iat":1,"exp":9999999999}"#,
      #"{"iss":"clinicd","sub":42,"sid":7,"epoch":3,"iat":1,"exp":9999999999}"#,
      #"{"iss":"clinicd","sub":"42","epoch":3,"iat":1,"exp":9999999999}"#,
      #"{"iss":"clinicd","sub":"42","sid":7,"iat":1,"exp":9999999999}"#,
      #"{"iss":"clinicd","sub":"42","sid":7,"epoch":3,"iat":1}"#,
      #"{"iss":"clinicd","sub":"42","sid":7,"epoch":3,"iat":1,"exp":"9999999999"}"#,
      #"{"iss":"clinicd","sub":"42","sid":7,"epoch":3,"iat":1,"exp":9999999999.5}"#,
      "[]", "null", "{", "",
    ])
  func otherClaims(claims: String) throws {
    let header = #"{"alg":"HS256","typ":"JWT"}"#
    #expect(try refused(forged(header, self.claims), keys()) == nil)
    #expect(try refused(forged(header, claims), keys()) == .tokenInvalid)
  }

  @Test func base64URL() {
    for count in 0..<40 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
      let text = Base64URL.encode(bytes)
      #expect(Base64URL.decode(text[...]) == bytes)
      #expect(!text.contains("=") && !text.contains("+") && !text.contains("/"))
    }
    // "AB" would leave bits over.
    for text in ["A", "AB", "AAB", "AAAAA", "A+A/", "AA=="] {
      #expect(Base64URL.decode(text[...]) == nil, "\(text)")
    }
  }

  @Test func secretsDiffer() {
    let secrets = Set((0..<100).map { _ in Secret.make() })
    #expect(secrets.count == 100)
    #expect(secrets.allSatisfy { $0.utf8.count == 43 })
  }

  @Test("a time that no clock tells", arguments: ["exp", "iat"])
  func farTimes(claim: String) throws {
    let parts = token.signed(with: keys()).split(separator: ".")
    let claims = try #require(Base64URL.decode(parts[1]))
    let altered = String(decoding: claims, as: UTF8.self)
      .replacing(/"(exp|iat)":\d+/) {
        $0.1 == claim ? "\"\(claim)\":2305843009213693952" : String($0.0)
      }
    let body = "\(parts[0])." + Base64URL.encode(Array(altered.utf8))
    let text = body + "." + Base64URL.encode(keys().signature(of: Array(body.utf8)))
    #expect(try refused(text, keys()) == .tokenInvalid)
  }
}
