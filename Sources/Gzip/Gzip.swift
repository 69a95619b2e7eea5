import CZlib

/// Compresses as HTTP's `gzip` (RFC 1952).
public enum Gzip {
  /// - Returns: nil when it would not become shorter, or memory is short.
  public static func compress(_ bytes: [UInt8]) -> [UInt8]? {
    var stream = unsafe z_stream()
    // The library keeps its address.
    return unsafe withUnsafeMutablePointer(to: &stream) { unsafe compress(bytes, with: $0) }
  }

  private static func compress(
    _ bytes: [UInt8], with stream: UnsafeMutablePointer<z_stream>
  ) -> [UInt8]? {
    // 16 more than the window's size says that gzip's header and trailer are wanted.
    let status = unsafe deflateInit2_(
      stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK, let length = UInt32(exactly: bytes.count) else { return nil }
    defer { unsafe deflateEnd(stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count)
    let written = unsafe input.withUnsafeMutableBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output -> Int? in
        unsafe stream.pointee.next_in = input.baseAddress
        unsafe stream.pointee.avail_in = length
        unsafe stream.pointee.next_out = output.baseAddress
        unsafe stream.pointee.avail_out = length
        // Ends before the end when there is no room: it became longer.
        guard unsafe deflate(stream, Z_FINISH) == Z_STREAM_END else { return nil }
        return unsafe output.count - Int(stream.pointee.avail_out)
      }
    }
    return written.map { Array(output.prefix($0)) }
  }
}
