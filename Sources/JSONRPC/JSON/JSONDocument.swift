/// A JSON text that was checked once and is then read in place. Copying one copies a reference.
public struct JSONDocument: Sendable {
  let storage: JSONStorage

  init(storage: JSONStorage) {
    self.storage = storage
  }

  /// Reads exactly one value, with white space allowed round it.
  /// - Throws: ``JSONSyntaxError`` when the text is not JSON by RFC 8259, or past a limit.
  public init(parsing bytes: [UInt8], limits: JSONLimits = .init()) throws(JSONSyntaxError) {
    guard bytes.count <= limits.maxBytes else {
      throw JSONSyntaxError(reason: .tooLarge, offset: limits.maxBytes)
    }
    var parser = JSONParser(maxDepth: limits.maxDepth)
    var outcome = parser.resume(bytes, bytes.indices)
    if case .needsMore = outcome {
      outcome = parser.finish()
    }
    switch outcome {
    case .failed(let error): throw error
    case .needsMore: throw JSONSyntaxError(reason: .unexpectedEnd, offset: bytes.count)
    case .complete(let length):
      if let rest = bytes[length...].firstIndex(where: { !$0.isJSONWhitespace }) {
        throw JSONSyntaxError(reason: .trailingData, offset: rest)
      }
    }
    storage = JSONStorage(bytes: bytes, tape: parser.tape)
  }

  /// Reads exactly one value, with white space allowed round it.
  public init(parsing text: String, limits: JSONLimits = .init()) throws(JSONSyntaxError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }

  public var root: JSONValue { JSONValue(storage: storage, index: 0) }

  /// The whole text.
  public var bytes: [UInt8] { storage.bytes }
}
