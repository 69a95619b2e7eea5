import CLibpq
import StoreLoop

/// A `COPY … FROM STDIN`: started, fed and ended step by step.
final class CopyIn: ExclusiveOperation, @unchecked Sendable {
  private enum State {
    case starting, feeding, ending, over
  }

  private let text: String
  private var state = State.starting
  /// Data that libpq has no room for yet.
  private var unsent: [UInt8]?
  private var copied = 0
  private var failure: PostgresError?
  /// The promise of the present step: the rows that were copied, at the end.
  private var promise: LoopPromise<Int>?

  init(_ text: String) {
    self.text = text
  }

  func begin(_ handle: ConnectionHandle) -> Bool {
    unsafe PQsendQuery(handle.pointer, text) == 1
  }

  /// The step ends when the server is ready for data.
  func start(_ wire: Wire, _ promise: LoopPromise<Int>) {
    self.promise = promise
    wire.begin(self)
  }

  /// Sends data; the step ends when the socket has taken it.
  func feed(_ chunk: [UInt8], _ wire: Wire, _ promise: LoopPromise<Int>) {
    self.promise = promise
    guard state == .feeding else {
      step(.failure(failure ?? .connectionLost))
      return
    }
    unsent = chunk
    advance(wire)
  }

  /// The step ends when the server has answered.
  ///
  /// - Parameter reason: Why the data is not complete, if it is not.
  func end(_ wire: Wire, reason: String?, _ promise: LoopPromise<Int>) {
    self.promise = promise
    guard state == .feeding, let handle = wire.handle else {
      step(.failure(failure ?? .connectionLost))
      return
    }
    state = .ending
    let sent =
      if let reason {
        unsafe PQputCopyEnd(handle.pointer, reason)
      } else {
        unsafe PQputCopyEnd(handle.pointer, nil)
      }
    guard sent == 1 else {
      wire.close()
      return
    }
    wire.flush()
    // What the server has refused meanwhile is read already.
    advance(wire)
  }

  func advance(_ wire: Wire) {
    switch state {
    case .feeding: sendRest(wire)
    case .starting, .ending: wire.takeResults { take($0, wire) }
    case .over: break
    }
  }

  private func sendRest(_ wire: Wire) {
    if let chunk = unsent, let handle = wire.handle {
      let taken = unsafe chunk.withUnsafeBytes { bytes in
        unsafe PQputCopyData(
          handle.pointer, bytes.assumingMemoryBound(to: CChar.self).baseAddress,
          Int32(clamping: bytes.count))
      }
      guard taken >= 0 else {
        wire.close()
        return
      }
      if taken == 1 { unsent = nil }
    }
    if wire.flush() && unsent == nil { step(.success(copied)) }
  }

  /// - Returns: whether to take the next result.
  private func take(_ result: ResultHandle?, _ wire: Wire) -> Bool {
    guard let result else {
      state = .over
      wire.endExclusive()
      step(failure.map { .failure($0) } ?? .success(copied))
      return false
    }
    switch result.status {
    case PGRES_COPY_IN:
      guard state == .starting else { return false }
      state = .feeding
      step(.success(0))
      return false
    case PGRES_COMMAND_OK:
      if state == .starting {
        // The statement was no COPY.
        failure = PostgresError(.server, PostgresError.Details(sqlState: "42601"))
      }
      copied = result.affected
      return true
    case PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
      failure = PostgresError(.server, PostgresError.Details(sqlState: "42601"))
      return true
    case PGRES_FATAL_ERROR where result.field(.sqlState) != nil && !result.isFatal:
      failure = failure ?? result.error
      return true
    default:
      wire.close(PostgresError(.connectionLost, result.error.details))
      return false
    }
  }

  func connectionClosed(_ reason: PostgresError) {
    state = .over
    failure = failure ?? reason
    step(.failure(reason))
  }

  private func step(_ outcome: Result<Int, PostgresError>) {
    promise?.fulfil(outcome)
    promise = nil
  }
}
