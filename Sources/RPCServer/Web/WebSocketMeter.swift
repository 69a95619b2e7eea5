import NIOCore

/// Counts the bytes of a WebSocket's frames before they are complete: the handler that puts frames
/// together holds them meanwhile.
final class WebSocketMeter: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private unowned let connection: ConnectionHandler

  init(connection: ConnectionHandler) {
    self.connection = connection
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let size = unwrapInboundIn(data).readableBytes
    // Nobody puts together what will not be looked at.
    guard connection.closing == .open else { return connection.ignore(size) }
    connection.bytesOnTheirWay += size
    context.fireChannelRead(data)
    connection.settleInput()
  }
}
