import CLibpq
import Glibc

/// Makes connections, each on a thread of its own: resolving a host's name and the arithmetic of
/// logging in would hold up the loop.
enum Connector {
  /// - Parameter completion: Called on another thread.
  static func connect(
    _ parameters: ConnectionParameters, timeout: Duration,
    completion: @escaping @Sendable (Result<ConnectionHandle, PostgresError>) -> Void
  ) {
    let started = HelperThread.run {
      completion(connect(parameters, deadline: ContinuousClock.now + timeout))
    }
    if !started { completion(.failure(failure("no thread is left"))) }
  }

  private static func connect(
    _ parameters: ConnectionParameters, deadline: ContinuousClock.Instant
  ) -> Result<ConnectionHandle, PostgresError> {
    guard let pointer = unsafe start(parameters) else { return .failure(failure("out of memory")) }
    let connection = unsafe ConnectionHandle(pointer)
    var waitsFor = POLLOUT
    while unsafe PQstatus(pointer) != CONNECTION_BAD {
      let left = deadline - .now
      guard left > .zero else { return .failure(failure("no answer in time")) }
      var entry = unsafe pollfd(fd: PQsocket(pointer), events: Int16(waitsFor), revents: 0)
      let milliseconds = left / .milliseconds(1)
      guard unsafe poll(&entry, 1, Int32(min(milliseconds, 60_000)) + 1) > 0 else { continue }
      switch unsafe PQconnectPoll(pointer) {
      case PGRES_POLLING_READING: waitsFor = POLLIN
      case PGRES_POLLING_WRITING: waitsFor = POLLOUT
      case PGRES_POLLING_OK:
        return unsafe prepare(pointer)
          ? .success(connection) : .failure(failure(connection.message))
      default: return .failure(failure(connection.message))
      }
    }
    return .failure(failure(connection.message))
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
