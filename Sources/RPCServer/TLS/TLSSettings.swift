import NIOSSL

/// What a server proves who it is with: PEM, as files hold it.
public struct TLSSettings: Sendable {
  /// The server's certificate, then those that lead to a root.
  public var certificates: [UInt8]
  public var key: [UInt8]
  /// The CA certificates that client certificates must be signed by. A client need not have a
  /// certificate; if it has one, that is checked.
  public var clientAuthorities: [UInt8]?

  public init(certificates: [UInt8], key: [UInt8], clientAuthorities: [UInt8]? = nil) {
    self.certificates = certificates
    self.key = key
    self.clientAuthorities = clientAuthorities
  }

  /// What is wrong with the settings, for people. It contains nothing of a key.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// - Throws: when a part cannot be read, or the key is not the certificate's.
  public func check() throws(Failure) {
    _ = try context()
  }

  func context() throws(Failure) -> NIOSSLContext {
    let chain = try Self.certificates(in: certificates, "the certificate")
    let privateKey: NIOSSLPrivateKey
    do {
      privateKey = try NIOSSLPrivateKey(bytes: key, format: .pem)
    } catch {
      throw Failure(description: "the key cannot be read: it is PEM, without a passphrase")
    }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
    configuration.minimumTLSVersion = .tlsv12
    if let clientAuthorities {
      configuration.trustRoots = .certificates(
        try Self.certificates(in: clientAuthorities, "the authority of clients"))
      configuration.certificateVerification = .optionalVerification
    }
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw Failure(description: "the key is not the certificate's")
    }
  }

  private static func certificates(
    in bytes: [UInt8], _ what: String
  ) throws(Failure) -> [NIOSSLCertificate] {
    guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty
    else { throw Failure(description: "\(what) cannot be read: it is PEM") }
    return certificates
  }
}
