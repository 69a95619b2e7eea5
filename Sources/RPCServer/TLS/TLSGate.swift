import JSONRPC
import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// Waits for a connection's handshake, and then lets in whoever speaks behind it. Stands after
/// NIO's TLS handler.
final class TLSGate: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer

  private let server: ServerCore
  private let loop: LoopConnections
  private let transport: Transport
  private let open: (any Channel, Transport) throws -> Void
  private var isAdmitted = false
  private var timer: Scheduled<Void>?
  private var channel: (any Channel)?

  /// - Parameter open: adds the handlers behind the gate, for a transport that may have the
  ///   client's name.
  init(
    server: ServerCore, loop: LoopConnections, transport: Transport,
    open: @escaping (any Channel, Transport) throws -> Void
  ) {
    self.server = server
    self.loop = loop
    self.transport = transport
    self.open = open
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { admit(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    admit(context)
    context.fireChannelActive()
  }

  private func admit(_ context: ChannelHandlerContext) {
    // Whoever does not get through the handshake counts as well.
    guard case .admitted = server.admit(transport) else {
      server.admission.releaseRefused()
      return context.close(promise: nil)
    }
    isAdmitted = true
    let channel = context.channel
    self.channel = channel
    timer = context.eventLoop.assumeIsolated().scheduleTask(
      in: TimeAmount(server.limits.handshakeTime)
    ) {
      channel.close(promise: nil)
    }
    loop.add(self)
  }

  /// Ends the handshake: the server stops, and nobody waits for an answer here.
  func close() {
    channel?.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    leave()
    loop.checkIdle()
    context.fireChannelInactive()
  }

  private func leave() {
    timer?.cancel()
    timer = nil
    channel = nil
    if isAdmitted {
      isAdmitted = false
      loop.remove(self)
      server.admission.release(transport)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let event = event as? TLSUserEvent, case .handshakeCompleted = event else {
      return context.fireUserInboundEventTriggered(event)
    }
    leave()
    do {
      try open(context.channel, namedTransport(context))
      context.pipeline.syncOperations.removeHandler(self, promise: nil)
    } catch {
      context.close(promise: nil)
    }
  }

  /// The transport with the name in the client's certificate, if it has shown one: NIO has checked
  /// it.
  private func namedTransport(_ context: ChannelHandlerContext) throws -> Transport {
    guard case .tcp(let address) = transport,
      let certificate = try context.channel.pipeline.syncOperations.nioSSL_peerCertificate(),
      let name = CertificateSubject.commonName(ofDER: try certificate.toDERBytes())
    else { return transport }
    return .tls(address: address, subject: name)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    server.logger.debug("no handshake", metadata: ["error": "\(error)"])
    context.close(promise: nil)
  }
}
