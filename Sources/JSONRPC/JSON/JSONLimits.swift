/// How large and how deep a JSON text may be.
public struct JSONLimits: Sendable, Equatable {
  /// The longest text that is accepted, in bytes: 1 byte to 256 MiB.
  public var maxBytes: Int {
    didSet { maxBytes = Self.clampedBytes(maxBytes) }
  }

  /// How many arrays and objects may be open at once, 1 or more.
  public var maxDepth: Int {
    didSet { maxDepth = max(maxDepth, 1) }
  }

  /// Values out of range are brought into it.
  public init(maxBytes: Int = 1_048_576, maxDepth: Int = 64) {
    self.maxBytes = Self.clampedBytes(maxBytes)
    self.maxDepth = max(maxDepth, 1)
  }

  /// A document's tape has no room for longer texts.
  private static func clampedBytes(_ count: Int) -> Int {
    min(max(count, 1), JSONNode.maxLength)
  }
}
