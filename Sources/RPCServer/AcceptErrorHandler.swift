import Logging
import NIOCore

/// Pauses a listener that cannot accept, when file descriptors are used up for instance: trying
/// again at once would only burn the processor.
final class AcceptErrorHandler: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private let logger: Logger
  /// Whether the listener is to accept at all.
  private let isOpen: @Sendable () -> Bool
  private var isPaused = false
  /// Whether the present trouble has been logged.
  private var isTold = false

  init(logger: Logger, while isOpen: @escaping @Sendable () -> Bool) {
    self.logger = logger
    self.isOpen = isOpen
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isTold = false
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is IOError, !isPaused else { return }
    isPaused = true
    if !isTold {
      logger.warning("cannot accept connections", metadata: ["error": "\(error)"])
    }
    isTold = true
    let channel = context.channel
    try? channel.syncOptions?.setOption(.autoRead, value: false)
    context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(200)) {
      self.isPaused = false
      guard self.isOpen() else { return }
      try? channel.syncOptions?.setOption(.autoRead, value: true)
    }
  }
}
