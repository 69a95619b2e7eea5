import Terminal

/// Says on the terminal that something takes its time, from the second second on.
enum Progress {
  /// Runs `body` while a line on standard error counts the seconds; the line is removed then.
  static func during<Result: Sendable>(
    _ what: String, _ body: @Sendable @escaping () async throws -> Result
  ) async throws -> Result {
    guard Terminal.isTerminal(.error) else { return try await body() }
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        await count(what)
        return nil
      }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw CancellationError()
    }
  }

  private static func count(_ what: String) async {
    var seconds = 0
    while (try? await Task.sleep(for: .seconds(1))) != nil {
      seconds += 1
      try? Terminal.write("\r\(what), \(seconds) s", to: .error)
    }
    // Back to the start of the line, and clear it.
    if seconds > 0 { try? Terminal.write("\r\u{1b}[K", to: .error) }
  }
}
