/// How large and how deep a JSON text may be.
public struct JSONLimits: Sendable, Equatable {
  /// The longest text that is accepted, in bytes.
  public var maxBytes: Int
  /// How many arrays and objects may be open at once.
  public var maxDepth: Int

  /// Both limits are held within what a document can describe: 1 byte to 256 MiB, and a depth of 1 or more.
  public init(maxBytes: Int = 1_048_576, maxDepth: Int = 64) {
    self.maxBytes = min(max(maxBytes, 1), JSONNode.maxLength)
    self.maxDepth = max(maxDepth, 1)
  }
}
