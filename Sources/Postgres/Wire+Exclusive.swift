import CLibpq
import StoreLoop

/// An operation that cannot be done in pipeline mode: it has the connection to itself meanwhile.
/// Used on the loop only.
protocol ExclusiveOperation: AnyObject, Sendable {
  /// Sends the request.
  func begin(_ handle: ConnectionHandle) -> Bool
  /// The socket has something to read, or takes more.
  func advance(_ wire: Wire)
  func connectionClosed(_ reason: PostgresError)
}

extension Wire {
  /// Starts an operation on a connection that has nothing under way.
  func begin(_ operation: any ExclusiveOperation) {
    guard let handle, rounds.isEmpty, held.isEmpty, exclusive == nil else {
      operation.connectionClosed(isOpen ? PostgresError(.unavailable) : .connectionLost)
      return
    }
    guard unsafe PQexitPipelineMode(handle.pointer) == 1 else {
      operation.connectionClosed(.connectionLost)
      close()
      return
    }
    exclusive = operation
    if operation.begin(handle) {
      flush()
    } else {
      close()
    }
  }

  /// The operation has its last answer.
  func endExclusive() {
    exclusive = nil
    guard let handle, unsafe PQenterPipelineMode(handle.pointer) == 1 else {
      close()
      return
    }
  }

  func cancel(_ operation: any ExclusiveOperation) {
    guard exclusive === operation else { return }
    requestCancel()
    _ = loop.schedule(after: Self.answerLimit) { [weak self] in
      if self?.exclusive === operation { self?.close(.cancelled) }
    }
  }

  /// Takes the results of an operation that have arrived.
  ///
  /// - Parameter take: Gets each, and nil at the end; returns whether to go on.
  func takeResults(_ take: (ResultHandle?) -> Bool) {
    while let handle, unsafe PQisBusy(handle.pointer) == 0 {
      guard let pointer = unsafe PQgetResult(handle.pointer) else {
        _ = take(nil)
        return
      }
      guard take(unsafe ResultHandle(pointer)) else { return }
    }
  }
}

/// Many statements in one text.
final class Script: ExclusiveOperation, @unchecked Sendable {
  let promise = LoopPromise<Void>()
  private let text: String
  private var failure: PostgresError?

  init(_ text: String) {
    self.text = text
  }

  func begin(_ handle: ConnectionHandle) -> Bool {
    unsafe PQsendQuery(handle.pointer, text) == 1
  }

  func advance(_ wire: Wire) {
    wire.takeResults { result in
      guard let result else {
        wire.endExclusive()
        promise.fulfil(failure.map { .failure($0) } ?? .success(()))
        return false
      }
      switch result.status {
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return true
      case PGRES_FATAL_ERROR where result.field(.sqlState) != nil && !result.isFatal:
        failure = failure ?? result.error(withMessage: true)
        return true
      default:
        // The end of the session, or COPY, for which a script has no data.
        wire.close(PostgresError(.connectionLost, result.error.details))
        return false
      }
    }
  }

  func connectionClosed(_ reason: PostgresError) {
    promise.fulfil(.failure(reason))
  }
}
