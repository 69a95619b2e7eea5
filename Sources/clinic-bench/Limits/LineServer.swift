import Foundation
import NIOCore
import NIOPosix

/// A server on a Unix socket that does as little as can be done: what clinicd is held against.
enum LineServer {
  /// Serves until standard input ends, which it does when the program that started this one is
  /// gone.
  ///
  /// - Parameter handler: makes the handler of a connection, on the event loop.
  static func run(
    on path: String, handler: @escaping @Sendable () -> any ChannelInboundHandler
  ) throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = try ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 4096)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(handler())
        }
      }
      .bind(unixDomainSocketPath: path).wait()
    Thread.detachNewThread {
      _ = try? FileHandle.standardInput.readToEnd()
      server.close(promise: nil)
    }
    try server.closeFuture.wait()
  }

  /// Starts this program's own subcommand as a process, and waits until it listens.
  static func start(_ subcommand: String, in setting: Setting) async throws -> (Program, String) {
    let path = setting.scratch.path("\(subcommand)-\(setting.scratch.next())")
    let program = try await Program.start(
      setting.program("clinic-bench"), [subcommand, path], scratch: setting.scratch)
    for _ in 0..<500 where program.isRunning {
      if FileManager.default.fileExists(atPath: path) { return (program, path) }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw Failure("\(subcommand) does not listen: \(program.said)")
  }
}
