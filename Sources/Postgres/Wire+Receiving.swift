import CLibpq
import StoreLoop

extension Wire {
  /// The socket has something, or has ended.
  func receive() {
    guard let handle else { return }
    if isShared { waitingSince = .now }
    let isAlive = unsafe PQconsumeInput(handle.pointer) == 1
    // What came before the end still counts.
    if let exclusive {
      exclusive.advance(self)
    } else {
      deliver()
    }
    if let onNotification { deliverNotifications(to: onNotification) }
    if !isAlive { close() }
  }

  /// Gives the rounds their results.
  private func deliver() {
    var silences = 0
    while let handle, let round = rounds.first, unsafe PQisBusy(handle.pointer) == 0 {
      guard let pointer = unsafe PQgetResult(handle.pointer) else {
        // libpq ends each statement's results with one nil.
        silences += 1
        if silences > 2 { close() }
        continue
      }
      silences = 0
      receive(unsafe ResultHandle(pointer), for: round)
    }
  }

  private func receive(_ result: ResultHandle, for round: Round) {
    switch result.status {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
      forget(round.accept(result, status: .succeeded))
    case PGRES_PIPELINE_ABORTED:
      forget(round.accept(result, status: .skipped))
    case PGRES_PIPELINE_SYNC:
      _ = rounds.popFirst()
      complete(round)
    case PGRES_FATAL_ERROR where result.field(.sqlState) != nil && !result.isFatal:
      forget(round.accept(result, status: .failed))
    case PGRES_FATAL_ERROR:
      // The server ends the session and says why, or libpq cannot go on.
      close(PostgresError(.connectionLost, result.error.details))
    default:
      // COPY does not work in a pipeline, and leaves it unusable.
      close(PostgresError(.server, PostgresError.Details(sqlState: "0A000")))
    }
  }

  private func forget(_ statement: PreparedStatement?) {
    guard let statement else { return }
    statements.remove(statement)
    if statement.isConfirmed { obsolete.append(statement.name) }
  }

  private func complete(_ round: Round) {
    round.limitTimer?.cancel()
    if round.failure != nil {
      noteFailure(of: round)
      if round.isStale && round.failure?.sqlState == "0A000" { onStale?() }
      let isExposed = isCancelling || round.sequence <= lastCancelled
      if let cleanup = round.rewound(isExposed: isExposed) {
        if !cleanup.isEmpty { send(Round(cleanup)) }
        send(round)
        stopFirst()
        return
      }
    }
    round.finish()
    stopFirst()
    onRoundDone?()
  }

  private func deliverNotifications(to receiver: (String, String) -> Void) {
    while let handle, let pointer = unsafe PQnotifies(handle.pointer) {
      let channel = unsafe String(cString: pointer.pointee.relname)
      let payload = unsafe String(cString: pointer.pointee.extra)
      unsafe PQfreemem(pointer)
      receiver(channel, payload)
    }
  }
}
