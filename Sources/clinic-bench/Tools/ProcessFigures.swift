import Foundation
import NIOCore

/// What the kernel counts for a process.
struct ProcessFigures: Sendable {
  let pid: Int32

  static let own = ProcessFigures(pid: ProcessInfo.processInfo.processIdentifier)

  /// Nanoseconds of CPU that the process's threads have used. Threads that have ended are left out:
  /// this is meant for the difference over some seconds, and `/proc/PID/stat` counts in hundredths
  /// of a second.
  func cpuNanoseconds() throws -> UInt64 {
    let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")
    return tasks.reduce(0) { sum, task in
      let line = try? String(contentsOfFile: "/proc/\(pid)/task/\(task)/schedstat", encoding: .utf8)
      return sum + (line?.split(separator: " ").first.flatMap { UInt64($0) } ?? 0)
    }
  }

  /// Megabytes that are resident.
  func residentMegabytes() throws -> Double {
    let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    for line in status.split(separator: "\n") where line.hasPrefix("VmRSS:") {
      if let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first
        .flatMap({ Double($0) })
      {
        return kilobytes / 1024
      }
    }
    throw Failure("the memory of process \(pid) cannot be read")
  }

  /// The process that listens on a Unix socket.
  static func listener(on path: String) async throws -> ProcessFigures {
    try await LoadGenerator.with(path, connections: 1) { generator in
      ProcessFigures(pid: try await generator.peer())
    }
  }
}

/// `struct ucred`.
struct PeerCredentials: Sendable {
  var pid: Int32
  var uid: UInt32
  var gid: UInt32

  /// Linux's SO_PEERCRED, which Glibc does not export for Swift.
  static let option = NIOBSDSocket.Option(rawValue: 17)
}

extension LoadGenerator {
  /// The process at the other end.
  func peer() async throws -> Int32 {
    guard let socket = channels.first as? any SocketOptionProvider else {
      throw Failure("the peer of a connection cannot be told")
    }
    let credentials: EventLoopFuture<PeerCredentials> = socket.unsafeGetSocketOption(
      level: .socket, name: PeerCredentials.option)
    return try await credentials.get().pid
  }
}
