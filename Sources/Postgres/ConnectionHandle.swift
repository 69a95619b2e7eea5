import CLibpq

/// The one owner of a connection of libpq's.
@safe final class ConnectionHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) {
    unsafe self.pointer = pointer
  }

  deinit {
    unsafe PQfinish(pointer)
  }

  /// What libpq says about the last failure, on one line.
  var message: String {
    guard let text = unsafe PQerrorMessage(pointer) else { return "" }
    return unsafe String(cString: text).split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}

/// What is needed to ask for a cancellation, apart from the connection.
@safe final class CancelHandle: @unchecked Sendable {
  private let pointer: OpaquePointer

  init?(_ connection: ConnectionHandle) {
    guard let pointer = unsafe PQgetCancel(connection.pointer) else { return nil }
    unsafe self.pointer = pointer
  }

  deinit {
    unsafe PQfreeCancel(pointer)
  }

  /// Blocks until the server has read the request: if the server is away, until it is back.
  func send() {
    var message: [CChar] = Array(repeating: 0, count: 256)
    _ = unsafe PQcancel(pointer, &message, Int32(message.count))
  }
}
