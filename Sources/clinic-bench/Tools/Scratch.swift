import Foundation
import Synchronization

/// What other programs need: a folder for sockets and files, removed at the end, and the thread
/// that starts them.
final class Scratch: Sendable {
  let mainThread: MainThread
  private let folder: URL
  private let count = Atomic(0)

  init(_ mainThread: MainThread) throws {
    self.mainThread = mainThread
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("clinic-bench-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func file(_ name: String) -> URL { folder.appendingPathComponent(name) }
  func path(_ name: String) -> String { file(name).path }

  /// A number that no other file has.
  func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).newValue }

  func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: file(name))
    return path(name)
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }
}
