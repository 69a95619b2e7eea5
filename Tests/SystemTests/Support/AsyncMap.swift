extension Sequence {
  func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await transform(element)) }
    return values
  }
}

extension Optional where Wrapped: Sendable {
  func asyncMap<Value>(_ transform: (Wrapped) async throws -> Value) async rethrows -> Value? {
    guard let self else { return nil }
    return try await transform(self)
  }

  func orElse(_ other: () async throws -> Wrapped) async rethrows -> Wrapped {
    guard let self else { return try await other() }
    return self
  }
}
