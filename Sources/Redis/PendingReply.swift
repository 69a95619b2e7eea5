/// Who waits for a reply, and until when. Replies come in the order of the commands.
struct PendingReply {
  enum Receiver {
    case call(CheckedContinuation<Result<RedisValue, RedisError>, Never>)
    case part(of: PendingPipeline)
    case handler(@Sendable (Result<RedisValue, RedisError>) -> Void)
  }

  let deadline: ContinuousClock.Instant
  let receiver: Receiver

  func finish(_ result: Result<RedisValue, RedisError>) {
    switch receiver {
    case .call(let continuation): continuation.resume(returning: result)
    case .part(let pipeline): pipeline.add(result)
    case .handler(let handler): handler(result)
    }
  }
}

/// The replies to commands that were sent together. Used on the loop only.
final class PendingPipeline: @unchecked Sendable {
  typealias Outcome = Result<[RedisValue], RedisError>

  private var values: [RedisValue] = []
  private var missing: Int
  private var continuation: CheckedContinuation<Outcome, Never>?

  init(count: Int, _ continuation: CheckedContinuation<Outcome, Never>) {
    missing = count
    self.continuation = continuation
    values.reserveCapacity(count)
  }

  func add(_ result: Result<RedisValue, RedisError>) {
    switch result {
    case .success(let value):
      values.append(value)
      missing -= 1
      if missing == 0 { finish(.success(values)) }
    case .failure(let error): finish(.failure(error))
    }
  }

  private func finish(_ outcome: Outcome) {
    continuation?.resume(returning: outcome)
    continuation = nil
  }
}
