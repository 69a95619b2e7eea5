import NIOSSL
import Testing

@testable import RPCServer

@Suite struct TLSSettingsTests {
  /// Of `/O=Clinic/CN=first/CN=board-1`, for a hundred years.
  static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIBvDCCAWOgAwIBAgIUeDXd+hCdcp63K2PT2xKBM0Ah0GcwCgYIKoZIzj0EAwIw
    MzEPMA0GA1UECgwGQ2xpbmljMQ4wDAYDVQQDDAVmaXJzdDEQMA4GA1UEAwwHYm9h
    cmQtMTAgFw0yNjExMjUxNDMyMTBaGA8yMTI2MTEwMTE0MzIxMFowMzEPMA0GA1UE
    CgwGQ2xpbmljMQ4wDAYDVQQDDAVmaXJzdDEQMA4GA1UEAwwHYm9hcmQtMTBZMBMG
    ByqGSM49AgEGCCqGSM49AwEHA0IABNamJ0G8NDnhJ1+vKSf/T53Rv2rPc5mLMuRn
    PvRNL6q+v7O2Ps6YgdSrESz0rtB119n7EDRsDyg8VP9BcD94+5mjUzBRMB0GA1Ud
    DgQWBBTUrm5SQ+cLGtCmwkZOaMDYhrmwXjAfBgNVHSMEGDAWgBTUrm5SQ+cLGtCm
    wkZOaMDYhrmwXjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIAQl
    4062wvb+5HbrLJHYpqbQ8vS6xGm4LM2BlWWoFiToAiA8wjTUesTC5y3neYD21Ea6
    sQrvUesRhFuZWOzBeJsbRw==
    -----END CERTIFICATE-----
    """
  static let key = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgr4C3OCe48uh9qdfV
    DVGY2a7n2S0u4bZCTeH2Ft2Z5vuhRANCAATWpidBvDQ54Sdfrykn/0+d0b9qz3OZ
    izLkZz70TS+qvr+ztj7OmIHUqxEs9K7QddfZ+xA0bA8oPFT/QXA/ePuZ
    -----END PRIVATE KEY-----
    """

  private let certificate = Self.certificate
  private let key = Self.key

  private func problem(_ certificates: String, _ key: String, _ authorities: String? = nil)
    -> String?
  {
    do throws(TLSSettings.Failure) {
      try TLSSettings(
        certificates: Array(certificates.utf8), key: Array(key.utf8),
        clientAuthorities: authorities.map { Array($0.utf8) }
      ).check()
      return nil
    } catch {
      return error.description
    }
  }

  @Test func theyAreCheckedBeforeTheyAreUsed() {
    #expect(problem(certificate, key) == nil)
    #expect(problem(certificate, key, certificate) == nil)
    #expect(problem("", key) == "the certificate cannot be read: it is PEM")
    #expect(
      problem(certificate, "none") == "the key cannot be read: it is PEM, without a passphrase")
    #expect(
      problem(certificate, key, "none") == "the authority of clients cannot be read: it is PEM")
  }

  @Test func theLastCommonNameOfTheSubjectCounts() throws {
    let parsed = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
    let bytes = try #require(parsed.first).toDERBytes()
    #expect(CertificateSubject.commonName(ofDER: bytes) == "board-1")
    // Cut anywhere, or with any byte another, it is read without harm.
    for index in bytes.indices {
      _ = CertificateSubject.commonName(ofDER: Array(bytes[..<index]))
      var other = bytes
      other[index] ^= 0xff
      _ = CertificateSubject.commonName(ofDER: other)
    }
    #expect(CertificateSubject.commonName(ofDER: Array(bytes[..<40])) == nil)
    #expect(CertificateSubject.commonName(ofDER: []) == nil)
  }
}
