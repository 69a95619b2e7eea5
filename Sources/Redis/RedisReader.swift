import CHiredis

/// Owns hiredis' parser of replies, and the space for the bytes that it is fed.
@safe
final class RedisReader {
  private let reader: UnsafeMutablePointer<redisReader>
  private let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)

  init() throws(RedisError) {
    guard let reader = unsafe redisReaderCreate() else {
      unsafe space.deallocate()
      throw RedisError(.unavailable)
    }
    unsafe self.reader = reader
  }

  deinit {
    unsafe redisReaderFree(reader)
    unsafe space.deallocate()
  }

  /// Reads from the socket as much as there is space for; true when the socket may have more.
  func receive(from socket: borrowing Socket) throws(RedisError) -> Bool {
    guard let count = unsafe socket.receive(into: space) else { throw RedisError(.unavailable) }
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: space[..<count])
    try unsafe feed(bytes)
    return unsafe count == space.count
  }

  /// Takes bytes as they come from the server, cut anywhere.
  func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
    let start = unsafe bytes.assumingMemoryBound(to: CChar.self).baseAddress
    guard unsafe redisReaderFeed(reader, start, bytes.count) == REDIS_OK else {
      throw RedisError(.protocolViolation)
    }
  }

  /// The next reply that is complete.
  func next() throws(RedisError) -> RedisValue? {
    var reply: UnsafeMutableRawPointer?
    guard unsafe redisReaderGetReply(reader, &reply) == REDIS_OK else {
      throw RedisError(.protocolViolation)
    }
    guard let reply = unsafe reply else { return nil }
    defer { unsafe freeReplyObject(reply) }
    return unsafe Self.value(reply.assumingMemoryBound(to: redisReply.self))
  }

  private static func value(_ reply: UnsafePointer<redisReply>) -> RedisValue {
    switch unsafe reply.pointee.type {
    case REDIS_REPLY_STRING: .string(unsafe Array(bytes(of: reply)))
    case REDIS_REPLY_INTEGER: .int(unsafe reply.pointee.integer)
    case REDIS_REPLY_STATUS: .status(unsafe String(decoding: bytes(of: reply), as: UTF8.self))
    case REDIS_REPLY_ERROR: .error(unsafe String(decoding: bytes(of: reply), as: UTF8.self))
    case REDIS_REPLY_ARRAY:
      .array(
        unsafe UnsafeBufferPointer(start: reply.pointee.element, count: reply.pointee.elements)
          .map { element in unsafe element.map { unsafe value($0) } ?? .null })
    default: .null
    }
  }

  private static func bytes(of reply: UnsafePointer<redisReply>) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: reply.pointee.str, count: reply.pointee.len)
  }
}
