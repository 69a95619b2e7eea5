import Host
import RPCClient
import TestSupport
import Testing

/// An authority of a test's own, and certificates from it.
struct TestAuthority: Sendable {
  let folder: String

  var root: String { "\(folder)/ca.pem" }

  /// - Parameter folder: is there, and empty.
  init(in folder: String) async throws {
    self.folder = folder
    try await Self.openssl(
      """
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
      -subj /CN=test -keyout ca.key -out ca.pem
      """, in: folder)
  }

  /// Makes `NAME.pem` and `NAME.key`, for a server on this machine or a client of this name.
  func issue(_ name: String) async throws {
    try await Self.openssl(
      """
      openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /O=Clinic/CN=\(name) \
      -keyout \(name).key -out \(name).csr
      echo subjectAltName=IP:127.0.0.1,DNS:localhost >\(name).ext
      openssl x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
      -extfile \(name).ext -out \(name).pem
      """, in: folder)
  }

  func tls(as name: String? = nil) -> TLSOptions {
    TLSOptions(
      authorities: root, certificate: name.map { "\(folder)/\($0).pem" },
      key: name.map { "\(folder)/\($0).key" })
  }

  private static func openssl(_ script: String, in folder: String) async throws {
    let output = try await TestProgram.run("bash", ["-euc", script + "\necho done"], in: folder)
    try #require(output.hasSuffix("done\n"), "\(output)")
  }
}

enum TestProgram {
  /// Runs a program to its end. - Returns: what it has written.
  static func run(_ program: String, _ arguments: [String], in folder: String) async throws
    -> String
  {
    let log = "\(folder)/program.\(UInt32.random(in: 0 ... .max))"
    let child = ChildProcess(program, arguments, in: folder, log: log)
    try child.start()
    try await eventually(within: .seconds(60), "\(program) has ended") { child.hasEnded }
    return child.output
  }
}

extension Daemon {
  /// The TCP listener, when it speaks TLS.
  func connectByTLS(_ tls: TLSOptions) async throws -> RPCConnection {
    guard case .tcp(let host, let port) = try tcp else { throw CancellationError() }
    var options = ConnectionOptions(callTimeout: .seconds(60), keepalive: nil)
    options.tls = tls
    return try await RPCConnection.open(to: .tls(host: host, port: port), options: options)
  }
}
