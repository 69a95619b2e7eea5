import Testing

@testable import Clinic

@Suite("What can wait gives way while many calls are answered")
struct CallLoadTests {
  private struct Refused: Error {}

  @Test("the load is high for as long as more than eight calls are answered")
  func counting() async throws {
    let load = CallLoad()
    try await answering(8, under: load) { #expect(!load.isHigh) }
    try await answering(9, under: load) { #expect(load.isHigh) }
    #expect(!load.isHigh)
  }

  @Test("calls that began while it was high are seen after they have ended")
  func waves() async throws {
    let load = CallLoad()
    try await answering(8, under: load) {}
    #expect(load.highs == 0)
    try await answering(10, under: load) {}
    #expect(!load.isHigh)
    #expect(load.highs == 2)
  }

  @Test("a call that is refused counts no longer")
  func refusedCalls() async throws {
    let load = CallLoad()
    for _ in 0..<20 {
      await #expect(throws: Refused.self) { try await load.counting { throw Refused() } }
    }
    #expect(!load.isHigh)
  }

  /// Looks while `count` calls are being answered.
  private func answering(
    _ count: Int, under load: CallLoad, _ look: () throws -> Void
  ) async throws {
    guard count > 0 else { return try look() }
    try await load.counting { try await answering(count - 1, under: load, look) }
  }
}
