/// A string in the bytes of a document.
public struct EncodedText: Sendable {
  let bytes: [UInt8]
  let range: Range<Int>

  /// Gives the bytes, which are UTF-8 if their writer kept to that.
  public func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    body(bytes.span.extracting(range))
  }

  /// The text of `bytes`, repaired where it is no UTF-8.
  static func string(_ bytes: Span<UInt8>) -> String {
    unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
