import ArgumentParser
import NIOCore
import Synchronization

/// Sends each line to all other connections, and answers `ok`. The line `board` makes a connection
/// one of those others.
struct FanOut: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write each line to all other connections, which boards are held against.")

  @Argument(help: "The Unix socket's path.")
  var path: String

  func run() throws {
    let boards = Boards()
    try LineServer.run(on: path) { FanOutHandler(boards) }
  }
}

/// The connections that are sent what others say.
private final class Boards: Sendable {
  let channels = Mutex<[any Channel]>([])
}

private final class FanOutHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let boards: Boards

  init(_ boards: Boards) {
    self.boards = boards
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let line = unwrapInboundIn(data)
    if line.readableBytesView.elementsEqual("board\n".utf8) {
      boards.channels.withLock { $0.append(context.channel) }
    } else {
      for channel in boards.channels.withLock({ $0 }) { channel.writeAndFlush(line, promise: nil) }
    }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "ok\n")), promise: nil)
  }
}
