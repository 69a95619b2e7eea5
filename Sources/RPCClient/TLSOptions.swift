import NIOCore
import NIOSSL

/// How the server of a `tls://` endpoint is recognised, and which certificate it is shown. Files
/// are PEM.
public struct TLSOptions: Sendable, Hashable {
  /// The CA certificates that are trusted; nil for those that the machine trusts.
  public var authorities: String?
  /// The client's own certificate, with those that lead to its CA; nil to show none.
  public var certificate: String?
  /// The certificate's key; nil when it is in the same file.
  public var key: String?

  public init(authorities: String? = nil, certificate: String? = nil, key: String? = nil) {
    self.authorities = authorities
    self.certificate = certificate
    self.key = key
  }

  func context() throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    if let authorities { configuration.trustRoots = .file(authorities) }
    if let certificate {
      configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map {
        .certificate($0)
      }
      configuration.privateKey = .privateKey(
        try NIOSSLPrivateKey(file: key ?? certificate, format: .pem))
    }
    return try NIOSSLContext(configuration: configuration)
  }

  /// - Parameter host: the name that the server's certificate has to have; an IP address is
  ///   compared with the addresses in the certificate.
  static func handler(_ context: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
    let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
    return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
  }
}
