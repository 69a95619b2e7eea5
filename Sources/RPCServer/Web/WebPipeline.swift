import JSONRPC
import NIOCore
import NIOHTTP1

/// The handlers of a connection that speaks HTTP.
enum WebPipeline {
  private static let encoder = "http.encoder"
  private static let decoder = "http.decoder"
  private static let pipelining = "http.pipelining"

  /// The handlers that are removed when the connection speaks something else.
  static let handlersOfHTTP = [pipelining, encoder, decoder]

  static func configure(
    _ channel: any Channel, server: ServerCore, worker: EventLoopWorker, transport: Transport,
    isEncrypted: Bool
  ) throws {
    var limits = NIOHTTPDecoderLimitConfiguration()
    // The target of the request counts as one of them.
    limits.maxHeaderFieldSize = 8_192
    limits.maxHeaderListSize = 32_768
    limits.maxHeaderFieldCount = 100
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(HTTPResponseEncoder(), name: encoder)
    try pipeline.addHandler(
      ByteToMessageHandler(
        HTTPRequestDecoder(
          leftOverBytesStrategy: .forwardBytes, informationalResponseStrategy: .drop,
          limitConfiguration: limits)), name: decoder)
    try pipeline.addHandler(HTTPServerPipelineHandler(), name: pipelining)
    try pipeline.addHandler(
      HTTPConnection(
        server: server, worker: worker, transport: transport, isEncrypted: isEncrypted))
  }
}
