import Threads

/// A call that waits for a thread or runs on one. Whichever comes first answers the caller: the
/// thread, the caller's cancellation, or the news that the server is gone.
protocol PendingCall: AnyObject, Sendable {
  /// Does the work with a connection of the calling thread, unless the caller has an answer
  /// already.
  func run(on worker: Worker)
  /// Answers the caller; what the thread still finds out is dropped.
  func fail(_ kind: MongoError.Kind)
}

final class TypedCall<Value: Sendable>: PendingCall {
  typealias Outcome = Result<Value, MongoError>

  private enum Progress {
    case created
    case waiting(CheckedContinuation<Outcome, Never>)
    case answered(Outcome)
  }

  private let progress = Monitor(Progress.created)
  private let options: CallOptions
  private let work: @Sendable (MongoConnection) throws(MongoError) -> Value

  init(
    _ options: CallOptions,
    _ work: @escaping @Sendable (MongoConnection) throws(MongoError) -> Value
  ) {
    self.options = options
    self.work = work
  }

  /// The answer, as soon as there is one.
  func outcome() async -> Outcome {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let early: Outcome? = progress.withLock { progress in
          if case .answered(let outcome) = progress { return outcome }
          progress = .waiting(continuation)
          return nil
        }
        if let early { continuation.resume(returning: early) }
      }
    } onCancel: {
      fail(.cancelled)
    }
  }

  func run(on worker: Worker) {
    let isWanted = progress.withLock { progress in
      if case .answered = progress { false } else { true }
    }
    guard isWanted else { return }
    do {
      answer(.success(try worker.perform(options, work)))
    } catch {
      answer(.failure(error))
    }
  }

  func fail(_ kind: MongoError.Kind) { answer(.failure(MongoError(kind))) }

  private func answer(_ outcome: Outcome) {
    let continuation: CheckedContinuation<Outcome, Never>? = progress.withLock { progress in
      defer {
        if case .answered = progress {} else { progress = .answered(outcome) }
      }
      if case .waiting(let continuation) = progress { return continuation }
      return nil
    }
    continuation?.resume(returning: outcome)
  }
}

/// How a call is made.
struct CallOptions: Sendable {
  /// How long the server may keep silent; nil for the client's usual time.
  var timeout: Duration? = nil
  /// Whether doing it twice has the effect of doing it once: then a dead connection is replaced and
  /// the call made again.
  var isRepeatable = true
}
