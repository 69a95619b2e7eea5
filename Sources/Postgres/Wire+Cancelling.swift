import StoreLoop
import Threads

extension Wire {
  /// The caller of a round no longer wants it. The server is asked to stop it; if it does not
  /// answer, the connection is given up. A COMMIT is not stopped.
  func cancel(_ round: Round) {
    guard !round.isDone, !round.isCancelled, !round.commits else { return }
    round.isCancelled = true
    if held.contains(where: { $0 === round }) {
      held.removeAll { $0 === round }
      round.end(.failure(.cancelled))
    } else {
      stop(round)
    }
  }

  /// Asks the server to stop a round. For a round further back the request is sent when that one is
  /// next: the request stops whatever the server is doing at that moment.
  func stop(_ round: Round) {
    if rounds.first === round { requestCancel() }
    _ = loop.schedule(after: Self.answerLimit) { [weak self] in
      if self?.rounds.first === round {
        self?.close()
      } else {
        // Its answer is dropped when it comes.
        round.end(.failure(.cancelled))
      }
    }
  }

  /// Asks the server to stop what it is doing for this connection.
  func requestCancel() {
    guard !isCancelling, let handle, let request = CancelHandle(handle) else { return }
    cancelsSent += 1
    let number = cancelsSent
    let loop = loop
    let started = NativeThread.detach(named: "postgres cancel") {
      request.send()
      loop.execute { self.cancelReturned() }
    }
    if !started { loop.execute { self.cancelReturned() } }
    _ = loop.schedule(after: Self.answerLimit) { [weak self] in
      if let self, self.cancelsReturned < number { self.close() }
    }
  }

  /// Runs `work` when no request to cancel is on its way any more.
  func whenQuiet(_ work: @escaping () -> Void) {
    if isOpen && isCancelling {
      onQuiet.append(work)
    } else {
      work()
    }
  }

  private func cancelReturned() {
    cancelsReturned += 1
    lastCancelled = sent
    for round in held.removeAll() { send(round) }
    let waiting = onQuiet
    onQuiet = []
    for work in waiting { work() }
    onRoundDone?()
  }
}
