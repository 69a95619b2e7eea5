import NIOCore
import NIOWebSocket

/// Stands between the frames of a WebSocket and a connection's bytes.
final class WebSocketFrames: ChannelDuplexHandler {
  typealias InboundIn = WebSocketFrame
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = WebSocketFrame

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    switch frame.opcode {
    case .text, .continuation:
      var bytes = frame.data
      // The end of a message, as on a stream.
      if frame.fin { bytes.writeInteger(UInt8(ascii: "\n")) }
      context.fireChannelRead(wrapInboundOut(bytes))
    case .ping: send(.pong, frame.data, context)
    case .connectionClose:
      send(.connectionClose, frame.data, context)
      context.close(promise: nil)
    default: break
    }
  }

  /// A message, with the newline that a frame does not need.
  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    var line = unwrapOutboundIn(data)
    let message = line.readSlice(length: max(line.readableBytes - 1, 0)) ?? line
    context.write(wrapOutboundOut(Self.frame(.text, message)), promise: promise)
  }

  private func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer, _ context: ChannelHandlerContext)
  {
    context.writeAndFlush(wrapOutboundOut(Self.frame(opcode, data)), promise: nil)
  }

  private static func frame(_ opcode: WebSocketOpcode, _ data: ByteBuffer) -> WebSocketFrame {
    WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
  }
}
