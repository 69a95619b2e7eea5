import ArgumentParser
import NIOCore

/// Sends each line back.
struct Echo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve a bare line echo, which system.ping is held against.")

  @Argument(help: "The Unix socket's path.")
  var path: String

  func run() throws {
    try LineServer.run(on: path) { EchoHandler() }
  }
}

private final class EchoHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// The beginning of a line that has not come whole.
  private var begun: ByteBuffer?

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var chunk = unwrapInboundIn(data)
    if var whole = begun {
      whole.writeBuffer(&chunk)
      chunk = whole
    }
    guard ReplyFraming.line.isComplete(received: chunk.readableBytes, last: chunk) else {
      begun = chunk
      return
    }
    begun = nil
    context.write(wrapOutboundOut(chunk), promise: nil)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.flush()
  }
}
