import NIOCore

/// One connection of a load: it sends a call, takes the time until the reply is whole, and asks
/// for the next call. It never looks into a reply unless the source of the calls does.
final class LoadHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let number: Int
  var framing = ReplyFraming.line
  /// The present receiver of the replies.
  var receiver: (any ReplyReceiver)?
  /// When the present call, with all its parts, began.
  var sentAt = NIODeadline.uptimeNanoseconds(0)
  private var received = 0
  private var isRefusal = false
  private var reply: ByteBuffer?
  private var context: ChannelHandlerContext?

  init(number: Int) {
    self.number = number
  }

  func send(_ message: ByteBuffer) {
    context?.writeAndFlush(wrapOutboundOut(message), promise: nil)
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var chunk = unwrapInboundIn(data)
    if received == 0 { isRefusal = framing.isRefusal(chunk) }
    received += chunk.readableBytes
    let isComplete = framing.isComplete(received: received, last: chunk)
    if isRefusal || receiver?.readsReplies == true {
      if reply == nil { reply = chunk } else { reply?.writeBuffer(&chunk) }
    }
    guard isComplete else { return }
    received = 0
    let whole = reply
    reply = nil
    receiver?.received(whole, isRefusal: isRefusal, on: self)
  }

  func channelInactive(context: ChannelHandlerContext) {
    receiver?.lost(self)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

/// Takes the replies of a connection.
protocol ReplyReceiver: AnyObject {
  var readsReplies: Bool { get }
  /// - Parameter reply: its bytes, for a refusal or when the receiver reads replies.
  func received(_ reply: ByteBuffer?, isRefusal: Bool, on handler: LoadHandler)
  func lost(_ handler: LoadHandler)
}
