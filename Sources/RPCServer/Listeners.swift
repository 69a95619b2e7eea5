import JSONRPC
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The sockets that a server accepts connections on.
final class Listeners: Sendable {
  private struct Listener: Sendable {
    let channel: any Channel
    let address: ListenerAddress
    let language: WireLanguage
    let isAdopted: Bool
  }

  private let core: ServerCore
  private let group: MultiThreadedEventLoopGroup
  private let workers: [EventLoopWorker]
  private let open = Mutex<[Listener]>([])
  private let hasStopped = Latch()

  init(core: ServerCore, group: MultiThreadedEventLoopGroup, workers: [EventLoopWorker]) {
    self.core = core
    self.group = group
    self.workers = workers
  }

  func addresses(speaking language: WireLanguage) -> [ListenerAddress] {
    open.withLock { $0.filter { $0.language == language }.map(\.address) }
  }

  // MARK: Opening

  func bind(unixPath path: String, mode: UInt32) async throws -> ListenerAddress {
    let isStale = try await isStale(path)
    let channel: any Channel
    do {
      channel = try await SystemCalls.withFileMode(mode) {
        try await self.bootstrap(.rpc)
          .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: isStale).get()
      }
    } catch is UnixDomainSocketPathWrongType {
      throw ListenError.notASocket(path)
    }
    return try await add(channel, speaking: .rpc, isAdopted: false)
  }

  func bind(
    host: String, port: Int, speaking language: WireLanguage
  ) async throws -> ListenerAddress {
    let channel = try await bootstrap(language)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .bind(host: host, port: port).get()
    return try await add(channel, speaking: language, isAdopted: false)
  }

  func adopt(descriptor: Int32, speaking language: WireLanguage) async throws -> ListenerAddress {
    let channel = try await bootstrap(language).withBoundSocket(descriptor).get()
    // Taking it over has set the queue to a length that a burst of connections overflows.
    SystemCalls.listen(descriptor, backlog: Int32(core.limits.backlog))
    return try await add(channel, speaking: language, isAdopted: true)
  }

  private func add(
    _ channel: any Channel, speaking language: WireLanguage, isAdopted: Bool
  ) async throws -> ListenerAddress {
    guard let address = ListenerAddress(channel.localAddress) else {
      try await channel.close()
      throw ListenError.unknownKind
    }
    open.withLock {
      $0.append(
        Listener(channel: channel, address: address, language: language, isAdopted: isAdopted))
    }
    core.logger.info(
      language == .web ? "serving the web" : "listening", metadata: ["address": "\(address)"])
    return address
  }

  /// Whether the socket file is one that a dead process left.
  private func isStale(_ path: String) async throws -> Bool {
    do {
      let probe = try await ClientBootstrap(group: group).connect(unixDomainSocketPath: path).get()
      try await probe.close()
    } catch let error as IOError {
      // Nothing listens there; whether there is a file at all is seen when it is removed.
      return error.errnoCode == SystemCalls.connectionRefused
    }
    throw ListenError.pathInUse(path)
  }

  private func bootstrap(_ language: WireLanguage) -> ServerBootstrap {
    let core = core
    let workers = workers
    let limits = core.limits
    let hasStopped = hasStopped
    let waterMark = ChannelOptions.Types.WriteBufferWaterMark(
      low: limits.pendingWriteBytes / 4, high: limits.pendingWriteBytes)
    return ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: Int32(limits.backlog))
      // Bounds what a client that closes its side can make the server read at once.
      .serverChannelOption(.socketOption(.so_rcvbuf), value: 262_144)
      .serverChannelOption(.socketOption(.so_sndbuf), value: .init(limits.kernelBytes))
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            AcceptErrorHandler(logger: core.logger) { !hasStopped.isOpen })
        }
      }
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.writeBufferWaterMark, value: waterMark)
      .childChannelOption(.recvAllocator, value: .strangers)
      .childChannelInitializer { channel in
        Peer.transport(of: channel, speaking: language).flatMapThrowing { transport in
          guard
            let worker = workers.first(where: { $0.eventLoop === channel.eventLoop })
          else { throw ListenError.unknownKind }
          let isTCP = channel.remoteAddress?.ipAddress != nil
          if isTCP { try Self.watchOverPeer(of: channel) }
          let tls = isTCP ? core.tls : nil
          let open = { (channel: any Channel, transport: Transport) in
            switch language {
            case .rpc:
              try channel.pipeline.syncOperations.addHandler(
                ConnectionHandler(server: core, worker: worker, transport: transport))
            case .web:
              try WebPipeline.configure(
                channel, server: core, worker: worker, transport: transport,
                isEncrypted: tls != nil)
            }
          }
          let begin = { (channel: any Channel, transport: Transport) in
            guard let tls else { return try open(channel, transport) }
            try channel.pipeline.syncOperations.addHandlers(
              NIOSSLServerHandler(context: tls),
              TLSGate(
                server: core, loop: worker.connections, transport: transport, open: open))
          }
          guard isTCP, let address = transport.address, core.web.proxies.contains(address) else {
            return try begin(channel, transport)
          }
          try channel.pipeline.syncOperations.addHandler(
            ProxyHeaderHandler(
              transport: transport, time: limits.handshakeTime, open: begin))
        }
      }
  }

  /// Notices within two minutes that the other machine is gone, and sends small replies at once.
  private static func watchOverPeer(of channel: any Channel) throws {
    guard let options = channel.syncOptions else { return }
    try options.setOption(.tcpOption(.tcp_nodelay), value: 1)
    try options.setOption(.socketOption(.so_keepalive), value: 1)
    try options.setOption(.tcpOption(SystemCalls.keepAliveIdle), value: 60)
    try options.setOption(.tcpOption(SystemCalls.keepAliveInterval), value: 15)
    try options.setOption(.tcpOption(SystemCalls.keepAliveCount), value: 4)
  }

  // MARK: Closing

  /// Closes the listeners, except adopted ones: their connections wait for whoever adopts them
  /// next.
  func stopAccepting() async {
    hasStopped.open()
    for listener in open.withLock({ $0 }) {
      do {
        if listener.isAdopted {
          try await listener.channel.setOption(.autoRead, value: false).get()
        } else {
          try await listener.channel.close()
        }
      } catch {
        core.logger.debug(
          "listener was closed already", metadata: ["address": "\(listener.address)"])
      }
    }
  }

  func close() async {
    let listeners = open.withLock { listeners in
      defer { listeners = [] }
      return listeners
    }
    for listener in listeners where listener.isAdopted { try? await listener.channel.close() }
  }
}
