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
  /// next, as the request stops whatever the server is doing at that moment; until then its caller
  /// does not wait longer than for an answer.
  private func stop(_ round: Round) {
    guard rounds.first !== round else { return stopFirst() }
    // Its answer is dropped when it comes.
    _ = loop.schedule(after: Self.answerLimit) { round.end(.failure(.cancelled)) }
  }

  /// Asks the server to stop the round that it is working on, if nobody wants that any more.
  func stopFirst() {
    // A request that is on its way may hit this round, or the next one: it is waited for.
    guard !isCancelling, let round = rounds.first, round.isCancelled, !round.isStopping else {
      return
    }
    round.isStopping = true
    requestCancel()
    _ = loop.schedule(after: Self.answerLimit) { [weak self] in
      if self?.rounds.first === round { self?.close() }
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
    stopFirst()
    let waiting = onQuiet
    onQuiet = []
    for work in waiting { work() }
    onRoundDone?()
  }
}
