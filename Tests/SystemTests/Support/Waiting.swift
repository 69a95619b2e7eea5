import Systemd
import Testing

enum Pause {
  /// Until a condition is looked at again.
  static func short() async { try? await Task.sleep(for: .milliseconds(5)) }
}

/// Waits until a condition holds; fails when it does not within the limit.
func eventually(
  within limit: Duration = .seconds(60), _ what: Comment,
  sourceLocation: SourceLocation = #_sourceLocation,
  isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while try await !condition() {
    try #require(ContinuousClock.now < deadline, what, sourceLocation: sourceLocation)
    await Pause.short()
  }
}

/// Waits until there is something to give.
func awaited<Value: Sendable>(
  within limit: Duration = .seconds(60), _ what: Comment,
  sourceLocation: SourceLocation = #_sourceLocation,
  isolation: isolated (any Actor)? = #isolation, _ find: () async throws -> Value?
) async throws -> Value {
  let deadline = ContinuousClock.now + limit
  while true {
    if let value = try await find() { return value }
    try #require(ContinuousClock.now < deadline, what, sourceLocation: sourceLocation)
    await Pause.short()
  }
}

/// What `make test` tells the tests.
func testSetting(_ name: String) throws -> String {
  try #require(
    ProcessEnvironment.variables[name], "\(name) is not set: run the tests with scripts/test")
}

/// Runs the same thing many times at once. The results come in the order of the numbers.
func concurrently<Value: Sendable>(
  _ count: Int, _ work: @escaping @Sendable (Int) async throws -> Value
) async throws -> [Value] {
  try await withThrowingTaskGroup(of: (Int, Value).self) { group in
    for number in 0..<count { group.addTask { (number, try await work(number)) } }
    var results: [(Int, Value)] = []
    for try await result in group { results.append(result) }
    return results.sorted { $0.0 < $1.0 }.map(\.1)
  }
}
