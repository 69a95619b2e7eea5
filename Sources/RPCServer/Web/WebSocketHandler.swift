import JSONRPC
import NIOCore
import NIOWebSocket

/// Stands between a WebSocket's frames and a connection's lines: a text message in is one message,
/// a line out is one text frame.
final class WebSocketHandler: ChannelDuplexHandler {
  typealias InboundIn = WebSocketFrame
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = WebSocketFrame

  private unowned let connection: ConnectionHandler
  private let limits: Limits
  private var messages: WebSocketMessages
  /// A line that is not complete yet.
  private var line: ByteBuffer?
  private var closeCode = WebSocketErrorCode.normalClosure
  private var closeReason = ""
  /// Whether input is ignored: the connection is ending.
  private var isEnding = false
  private var pings: RepeatedTask?

  /// The longest frame for which a connection still lingers, in bytes.
  private static let mostWhileLingering = 65_536

  init(connection: ConnectionHandler, limits: Limits) {
    self.connection = connection
    self.limits = limits
    messages = WebSocketMessages(limit: limits.messageBytes)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let context = NIOLoopBound(context, eventLoop: context.eventLoop)
    let interval = TimeAmount(limits.pingInterval)
    // So that what stands between does not take silence for the end.
    pings = context.value.eventLoop.scheduleRepeatedTask(
      initialDelay: interval, delay: interval
    ) { _ in
      guard context.value.channel.isWritable else { return }
      context.value.writeAndFlush(
        Self.wrapOutboundOut(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer())),
        promise: nil)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) { pings?.cancel() }

  func channelInactive(context: ChannelHandlerContext) {
    pings?.cancel()
    context.fireChannelInactive()
  }

  // MARK: In

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isEnding else { return }
    let event = messages.receive(unwrapInboundIn(data))
    connection.bytesOnTheirWay = messages.heldBytes
    switch event {
    case .nothing: break
    case .message(let message):
      context.fireChannelRead(wrapInboundOut(message))
    case .ping(let data):
      context.writeAndFlush(
        wrapOutboundOut(WebSocketFrame(fin: true, opcode: .pong, data: data)), promise: nil)
    case .close(let code):
      end(code ?? .normalClosure, "")
      // What it sent before is answered first.
      context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    case .tooLarge(let size): refuse(size: size)
    case .violation(let code, let reason):
      end(code, reason)
      connection.abort(with: nil)
      connection.flush()
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case NIOWebSocketError.invalidFrameLength: refuse(size: limits.messageBytes + 1)
    case is NIOWebSocketError:
      end(.protocolError, "a control frame is short and whole")
      connection.abort(with: nil)
      connection.flush()
    // The rest of what the decoder has given up on.
    case is ByteToMessageDecoderError: break
    default: context.fireErrorCaught(error)
    }
  }

  private func refuse(size: Int) {
    connection.abort(with: .messageTooLarge(limit: limits.messageBytes, actual: size))
    connection.flush()
  }

  private func end(_ code: WebSocketErrorCode, _ reason: String) {
    isEnding = true
    closeCode = code
    closeReason = reason
  }

  // MARK: Out

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    var bytes = unwrapOutboundIn(data)
    // The empty write that a connection ends with.
    guard bytes.readableBytes > 0 else { return close(context, promise) }
    var frames: [WebSocketFrame] = []
    while let end = bytes.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
      guard var part = bytes.readSlice(length: end - bytes.readerIndex) else { break }
      bytes.moveReaderIndex(forwardBy: 1)
      if var start = line {
        line = nil
        start.writeBuffer(&part)
        part = start
      }
      frames.append(WebSocketFrame(fin: true, opcode: .text, data: part))
    }
    if bytes.readableBytes > 0 {
      if line == nil { line = bytes } else { line?.writeBuffer(&bytes) }
    }
    for (index, frame) in frames.enumerated() {
      context.write(wrapOutboundOut(frame), promise: index == frames.count - 1 ? promise : nil)
    }
    if frames.isEmpty { promise?.succeed() }
  }

  private func close(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
    isEnding = true
    var data = ByteBuffer()
    data.write(webSocketErrorCode: closeCode)
    data.writeString(closeReason)
    context.write(
      wrapOutboundOut(WebSocketFrame(fin: true, opcode: .connectionClose, data: data)),
      promise: promise)
  }

  func triggerUserOutboundEvent(
    context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
  ) {
    guard let ending = event as? ConnectionEnding else {
      return context.triggerUserOutboundEvent(event, promise: promise)
    }
    if let error = ending.error { end(error.webSocketCode, error.reason) }
    // Part of a long frame is kept before this handler until the connection is closed.
    if connection.bytesOnTheirWay - messages.heldBytes > Self.mostWhileLingering {
      connection.lingers = false
    }
    messages = WebSocketMessages(limit: limits.messageBytes)
    promise?.succeed()
  }
}

extension RPCError {
  /// The close code of a WebSocket that ends with this error.
  fileprivate var webSocketCode: WebSocketErrorCode {
    switch reason {
    case "message_too_large": .messageTooLarge
    case RPCError.stopping.reason: .goingAway
    case "too_many_connections", "too_many_unfinished": .unknown(1013)
    default: .policyViolation
    }
  }
}
