import JSONRPC
import NIOCore
import NIOHTTP1
import NIOWebSocket

extension HTTPConnection {
  /// Agrees to speak WebSocket from here on.
  func openSocket(_ request: WebRequest) {
    guard let context else { return }
    guard !isDraining else {
      return reply(.rpc(.serviceUnavailable, .stopping), closes: true)
    }
    let upgrader = NIOWebSocketServerUpgrader(
      shouldUpgrade: { channel, head in
        channel.eventLoop.makeSucceededFuture(head.hasWebSocketKey ? head.webSocketProtocol : nil)
      },
      upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
    upgrader.buildUpgradeResponse(
      channel: context.channel, upgradeRequest: request.head, initialResponseHeaders: HTTPHeaders()
    ).assumeIsolated().whenComplete { answer in
      switch answer {
      case .success(let headers):
        self.becomeSocket(headers, transport: self.client(of: request))
      case .failure:
        self.reply(
          .text(
            .badRequest, "This is not a WebSocket handshake of version 13.",
            headers: [("Sec-WebSocket-Version", "13")]))
      }
    }
  }

  /// Puts the handlers of a WebSocket in the place of those of HTTP.
  private func becomeSocket(_ headers: HTTPHeaders, transport: Transport) {
    guard let context else { return }
    phase = .agreeing
    current = nil
    let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    do {
      let pipeline = context.pipeline.syncOperations
      // Before the decoder hands on what it has not read.
      later { if case .agreeing = self.phase { self.phase = .upgrading([]) } }
      for name in WebPipeline.handlersOfHTTP {
        pipeline.removeHandler(name: name, promise: nil)
      }
      leave()
      let connection = ConnectionHandler(
        server: server, worker: worker, transport: transport, framing: .whole)
      try pipeline.addHandlers(
        WebSocketFrameEncoder(), WebSocketMeter(connection: connection),
        ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: server.limits.messageBytes)),
        WebSocketHandler(connection: connection, limits: server.limits), connection)
    } catch {
      return closeNow()
    }
    // The decoder of HTTP is gone when it has handed on what it did not understand.
    later { self.handOver() }
  }

  private func handOver() {
    guard case .upgrading(let early) = phase, let context else { return }
    phase = .closed
    for data in early { context.fireChannelRead(data) }
    if !early.isEmpty { context.fireChannelReadComplete() }
    if inputHasEnded { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
    context.pipeline.syncOperations.removeHandler(self, promise: nil)
  }
}
