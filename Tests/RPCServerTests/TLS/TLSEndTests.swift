import NIOCore
import NIOSSL
import Testing

@testable import RPCServer

/// How a connection under TLS ends.
@Suite(.timeLimit(.minutes(1)))
struct TLSEndTests {
  /// What the client ends its side with.
  enum End: CaseIterable {
    case closeNotifyAndFIN, closeNotify, fin
  }

  @Test(arguments: End.allCases, [WireLanguage.rpc, .web])
  func theServerSaysItsLastWordAndCloses(_ end: End, _ language: WireLanguage) async throws {
    try await TestServer.run { server in
      try server.server.use(
        TLSSettings(
          certificates: Array(TLSSettingsTests.certificate.utf8),
          key: Array(TLSSettingsTests.key.utf8)))
      var configuration = TLSConfiguration.makeClientConfiguration()
      configuration.certificateVerification = .none
      let tls = try NIOSSLContext(configuration: configuration)
      let client = try await TestClient.connect(to: language == .rpc ? server.tcp : server.web) {
        let tls = try NIOSSLClientHandler(context: tls, serverHostname: nil)
        return end == .closeNotify ? [KeepsOutput(), tls] : [tls]
      }
      let start = ContinuousClock.now
      try await client.send(
        language == .rpc
          ? request("ping") : "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      if end == .fin {
        let channel = client.channel
        try await channel.eventLoop.submit {
          try channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
            .close(mode: .output, promise: nil)
        }.get()
      } else {
        try await client.endInput()
      }
      let answer = await client.bytesUntilEnd()
      #expect(answer.hasSuffix(language == .rpc ? "{\"pong\":true}}\n" : "\r\n\r\nok\n"))
      #expect(client.failures == [])
      if end == .closeNotify { client.channel.close(promise: nil) }
      try await client.channel.closeFuture.get()
      #expect(.now - start < .seconds(4))
    }
  }
}

/// Keeps the socket's side open when TLS has said that no more comes.
private final class KeepsOutput: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    if mode == .output { promise?.succeed() } else { context.close(mode: mode, promise: promise) }
  }
}
