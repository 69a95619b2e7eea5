import JSONRPC
import NIOCore

/// Reads the header that a trusted proxy may send first, and then lets in whoever speaks behind it.
final class ProxyHeaderHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let transport: Transport
  private let time: Duration
  private let open: (any Channel, Transport) throws -> Void
  private var early = ByteBuffer()
  private var timer: Scheduled<Void>?
  private var isDone = false

  /// - Parameter open: adds the handlers behind it.
  init(
    transport: Transport, time: Duration, open: @escaping (any Channel, Transport) throws -> Void
  ) {
    self.transport = transport
    self.time = time
    self.open = open
  }

  func channelActive(context: ChannelHandlerContext) {
    let channel = context.channel
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) {
      channel.close(promise: nil)
    }
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var part = unwrapInboundIn(data)
    early.writeBuffer(&part)
    if isDone { return handOn(context) }
    switch ProxyHeader(Array(early.readableBytesView)) {
    case .incomplete: break
    case .absent: proceed(context, transport)
    case .malformed: context.close(promise: nil)
    case .present(let address, let length):
      early.moveReaderIndex(forwardBy: length)
      proceed(context, address.map { .tcp(address: $0.description) } ?? transport)
    }
  }

  private func proceed(_ context: ChannelHandlerContext, _ transport: Transport) {
    isDone = true
    timer?.cancel()
    do {
      try open(context.channel, transport)
    } catch {
      return context.close(promise: nil)
    }
    handOn(context)
    context.pipeline.syncOperations.removeHandler(self, promise: nil)
  }

  private func handOn(_ context: ChannelHandlerContext) {
    guard early.readableBytes > 0 else { return }
    let bytes = early
    early = ByteBuffer()
    context.fireChannelRead(wrapInboundOut(bytes))
  }
}
