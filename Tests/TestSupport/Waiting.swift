package import Testing

/// Waits until a condition holds; fails when it does not within the limit.
package func eventually(
  within limit: Duration = .seconds(60), _ what: Comment,
  sourceLocation: SourceLocation = #_sourceLocation,
  isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while try await !condition() {
    try #require(ContinuousClock.now < deadline, what, sourceLocation: sourceLocation)
    try await untilNextLook()
  }
}

/// Waits until there is something to give.
package func awaited<Value: Sendable>(
  within limit: Duration = .seconds(60), _ what: Comment,
  sourceLocation: SourceLocation = #_sourceLocation,
  isolation: isolated (any Actor)? = #isolation, _ find: () async throws -> Value?
) async throws -> Value {
  let deadline = ContinuousClock.now + limit
  while true {
    if let value = try await find() { return value }
    try #require(ContinuousClock.now < deadline, what, sourceLocation: sourceLocation)
    try await untilNextLook()
  }
}

/// Lets other tasks run before a condition is looked at again. What is waited for happens in other
/// processes, which tell nobody: no test relies on its length.
package func untilNextLook() async throws { try await Task.sleep(for: .milliseconds(5)) }
