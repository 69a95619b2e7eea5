import CLibpq
import Glibc
import Synchronization
import Threads

/// Makes connections, each on a thread of its own: resolving a host's name and the arithmetic of
/// logging in would hold up the loop.
final class Connector: Sendable {
  /// How soon an attempt notices that it is no longer wanted.
  private static let attention = Duration.milliseconds(50)

  private let parameters: ConnectionParameters
  private let timeout: Duration
  private let isStopped = Atomic(false)

  init(_ parameters: ConnectionParameters, timeout: Duration) {
    self.parameters = parameters
    self.timeout = timeout
  }

  /// - Parameter completion: Called on another thread.
  func connect(
    completion: @escaping @Sendable (Result<ConnectionHandle, PostgresError>) -> Void
  ) {
    let started = NativeThread.detach(named: "postgres login") {
      completion(self.connect(deadline: .now + self.timeout))
    }
    if !started { completion(.failure(Self.failure("no thread is left"))) }
  }

  /// Makes the running attempts fail.
  func stop() {
    isStopped.store(true, ordering: .relaxed)
  }

  private func connect(
    deadline: ContinuousClock.Instant
  ) -> Result<ConnectionHandle, PostgresError> {
    guard let pointer = unsafe Self.start(parameters) else {
      return .failure(Self.failure("out of memory"))
    }
    let connection = unsafe ConnectionHandle(pointer)
    var waitsFor = POLLOUT
    while unsafe PQstatus(pointer) != CONNECTION_BAD {
      let left = deadline - .now
      guard left > .zero, !isStopped.load(ordering: .relaxed) else {
        return .failure(Self.failure("no answer in time"))
      }
      var entry = unsafe pollfd(fd: PQsocket(pointer), events: Int16(waitsFor), revents: 0)
      let milliseconds = Int32(min(left, Self.attention) / .milliseconds(1)) + 1
      guard unsafe poll(&entry, 1, milliseconds) > 0 else { continue }
      switch unsafe PQconnectPoll(pointer) {
      case PGRES_POLLING_READING: waitsFor = POLLIN
      case PGRES_POLLING_WRITING: waitsFor = POLLOUT
      case PGRES_POLLING_OK:
        return unsafe Self.prepare(pointer)
          ? .success(connection) : .failure(Self.failure(connection.message))
      default: return .failure(Self.failure(connection.message))
      }
    }
    return .failure(Self.failure(connection.message))
  }

  private static func start(_ parameters: ConnectionParameters) -> OpaquePointer? {
    var keywords: [UnsafePointer<CChar>?] = unsafe []
    var values: [UnsafePointer<CChar>?] = unsafe []
    var copies: [UnsafeMutablePointer<CChar>?] = unsafe []
    defer {
      while let copy = unsafe copies.popLast() { unsafe free(copy) }
    }
    for (keyword, value) in parameters.pairs {
      unsafe copies += [strdup(keyword), strdup(value)]
      unsafe keywords.append(copies[copies.count - 2])
      unsafe values.append(copies[copies.count - 1])
    }
    unsafe keywords.append(nil)
    unsafe values.append(nil)
    return unsafe PQconnectStartParams(keywords, values, 0)
  }

  private static func prepare(_ pointer: OpaquePointer) -> Bool {
    // Notices would be printed to the standard error.
    _ = unsafe PQsetNoticeReceiver(pointer, { _, _ in }, nil)
    return unsafe PQsetnonblocking(pointer, 1) == 0 && PQenterPipelineMode(pointer) == 1
  }

  private static func failure(_ message: String) -> PostgresError {
    PostgresError(.unavailable, PostgresError.Details(message: message))
  }
}
