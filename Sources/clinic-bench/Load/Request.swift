import NIOCore

/// Calls rendered before the measurement, so that sending one costs nothing but the write.
enum Request {
  /// One line. Every call has the id 1: a connection has one call under way.
  static func line(_ method: String, _ params: String? = nil) -> ByteBuffer {
    let tail = params.map { #","params":\#($0)"# } ?? ""
    return ByteBuffer(string: #"{"jsonrpc":"2.0","id":1,"method":"\#(method)"\#(tail)}"# + "\n")
  }

  /// A Redis command.
  static func redis(_ arguments: [[UInt8]]) -> ByteBuffer {
    var buffer = ByteBuffer(string: "*\(arguments.count)\r\n")
    for argument in arguments {
      buffer.writeString("$\(argument.count)\r\n")
      buffer.writeBytes(argument)
      buffer.writeString("\r\n")
    }
    return buffer
  }
}

/// How the end of a reply is recognised.
enum ReplyFraming: Sendable {
  /// It ends with a line break.
  case line
  /// It has this many bytes.
  case bytes(Int)

  func isComplete(received: Int, last chunk: ByteBuffer) -> Bool {
    switch self {
    case .line:
      chunk.getInteger(at: chunk.writerIndex - 1, as: UInt8.self) == UInt8(ascii: "\n")
    case .bytes(let count): received >= count
    }
  }

  /// Whether a reply that begins with this chunk is a refusal. A JSON-RPC reply to the id 1 has
  /// its `result` or `error` in a known place.
  func isRefusal(_ chunk: ByteBuffer) -> Bool {
    switch self {
    case .line:
      chunk.getInteger(at: chunk.readerIndex + 25, as: UInt8.self) == UInt8(ascii: "e")
        || chunk.getInteger(at: chunk.readerIndex, as: UInt8.self) == UInt8(ascii: "-")
    case .bytes:
      chunk.getInteger(at: chunk.readerIndex, as: UInt8.self) == UInt8(ascii: "-")
    }
  }
}
