import Testing

/// Waits until a condition holds.
func eventually(
  within limit: Duration = .seconds(20), _ what: Comment,
  sourceLocation: SourceLocation = #_sourceLocation, _ condition: () -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while !condition() {
    try #require(ContinuousClock.now < deadline, what, sourceLocation: sourceLocation)
    try await Task.sleep(for: .milliseconds(2))
  }
}
