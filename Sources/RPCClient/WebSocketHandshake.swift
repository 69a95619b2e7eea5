import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Asks a server by HTTP to speak WebSocket from here on, and tells whether it does.
final class WebSocketHandshake: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let host: String
  private let promise: EventLoopPromise<Void>

  private init(host: String, promise: EventLoopPromise<Void>) {
    self.host = host
    self.promise = promise
  }

  /// Adds what a channel needs to speak WebSocket.
  ///
  /// - Parameters:
  ///   - host: what the server is called, with its port.
  ///   - handler: what speaks from then on, in bytes.
  ///   - promise: succeeds when the server has agreed, and fails when it does not.
  static func add(
    to channel: any Channel, host: String, maxMessageBytes: Int,
    then handler: NIOLoopBound<ConnectionHandler>, promise: EventLoopPromise<Void>
  ) throws {
    let upgrader = NIOWebSocketClientUpgrader(maxFrameSize: maxMessageBytes) { channel, _ in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandlers(WebSocketFrames(), handler.value)
        promise.succeed()
      }
    }
    let pipeline = channel.pipeline.syncOperations
    let handshake = WebSocketHandshake(host: host, promise: promise)
    let bound = NIOLoopBound(handshake, eventLoop: channel.eventLoop)
    try pipeline.addHTTPClientHandlers(
      leftOverBytesStrategy: .forwardBytes,
      withClientUpgrade: (
        upgraders: [upgrader],
        // What comes now are frames.
        completionHandler: { context in
          context.pipeline.syncOperations.removeHandler(bound.value, promise: nil)
        }
      ))
    try pipeline.addHandler(handshake)
  }

  func channelActive(context: ChannelHandlerContext) {
    let headers = HTTPHeaders([("Host", host), ("Content-Length", "0")])
    let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/rpc", headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    context.fireChannelActive()
  }

  /// A response that arrives here is a refusal.
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    promise.fail(RPCClientError.protocolViolation("the server speaks no WebSocket there"))
    context.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    promise.fail(ChannelError.eof)
    context.fireChannelInactive()
  }
}
