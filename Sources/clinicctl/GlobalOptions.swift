import ArgumentParser
import Host
import RPCClient

/// Where the daemon is, and how results are shown.
struct GlobalOptions: ParsableArguments {
  @Option(name: .long, help: "The daemon's Unix socket.", completion: .file())
  var socket: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The daemon's TCP address; tls://host:port when it speaks TLS, ws:// or wss:// its web address.",
      valueName: "host:port"))
  var tcp: String?

  @Option(
    name: .long,
    help: "Who vouches for the daemon's certificate, in PEM; otherwise whom the machine trusts.",
    completion: .file())
  var ca: String?

  @Flag(name: .long, help: "Write results and errors as JSON.")
  var json = false

  @Option(
    name: .long,
    help: ArgumentHelp("Give up when there is no answer after that time.", valueName: "seconds"))
  var timeout: Int?

  func validate() throws {
    if socket != nil, tcp != nil { throw ValidationError("Give --socket or --tcp, not both.") }
    if let tcp, Endpoint(tcp) == nil {
      throw ValidationError(
        "--tcp takes host:port, such as localhost:7654 or [::1]:7654, or a URL: tls://host:port, "
          + "ws://host:port/rpc or wss://host:port/rpc.")
    }
    if let timeout, timeout < 1 { throw ValidationError("--timeout takes 1 or more seconds.") }
  }

  /// The daemon's endpoint, the first of: the given one, `$CLINIC_SOCKET`, the socket of a daemon
  /// that was started in this folder, that of the installed daemon.
  var endpoint: Endpoint {
    let environment = ProcessEnvironment.variables
    if let tcp, let endpoint = Endpoint(tcp) { return endpoint }
    if let socket { return .unix(path: Self.absolute(socket)) }
    if let socket = environment["CLINIC_SOCKET"], !socket.isEmpty {
      return .unix(path: Self.absolute(socket))
    }
    let local = Self.absolute(".clinic/run/rpc.sock")
    return .unix(path: SmallFile.exists(local) ? local : "/run/clinicd/rpc.sock")
  }

  /// The path made absolute: a login belongs to a daemon, wherever the program is started.
  private static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let folder = ProcessEnvironment.currentFolder else { return path }
    return folder == "/" ? "/\(path)" : "\(folder)/\(path)"
  }
}
