import JSONRPC
import TestSupport
import Testing

/// Somebody who works at a connection; what came of each call is noted.
struct DayWorker: Sendable {
  let caller: TestConnection
  let notes: Tally<[String: Int]>

  @discardableResult
  func call(
    _ method: String, _ params: JSON = [:], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> JSONValue {
    let result = try await caller.call(method, params, sourceLocation: sourceLocation)
    note(method, "ok")
    return result
  }

  /// For calls that somebody else may have come before.
  func outcome(_ method: String, _ params: JSON = [:]) async throws -> TestConnection.Outcome {
    let outcome = try await caller.outcome(method, params)
    note(method, outcome.reason)
    return outcome
  }

  /// A call that must be refused.
  func refused(
    _ method: String, _ params: JSON, as reason: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let error = try await caller.refused(method, params, sourceLocation: sourceLocation)
    #expect(error.reason == reason, "\(method)", sourceLocation: sourceLocation)
    note(method, error.reason)
  }

  private func note(_ method: String, _ outcome: String) {
    notes.update { $0["\(method) \(outcome)", default: 0] += 1 }
  }
}

/// Workers of one kind: each serves one patient at a time, the others wait in line.
actor DayCrew {
  private var free: [DayWorker]
  private var waiting: [CheckedContinuation<DayWorker, Never>] = []

  init(_ workers: [DayWorker]) { free = workers }

  func serve<Value: Sendable>(
    _ body: @Sendable (DayWorker) async throws -> Value
  ) async throws -> Value {
    let worker = await take()
    defer { give(worker) }
    return try await body(worker)
  }

  private func take() async -> DayWorker {
    if let worker = free.popLast() { return worker }
    return await withCheckedContinuation { waiting.append($0) }
  }

  private func give(_ worker: DayWorker) {
    if waiting.isEmpty {
      free.append(worker)
    } else {
      waiting.removeFirst().resume(returning: worker)
    }
  }
}
