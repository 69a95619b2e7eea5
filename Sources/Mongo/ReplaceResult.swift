/// What became of documents that were to replace others.
public struct ReplaceResult: Sendable, Hashable {
  /// Documents whose filter found one to replace.
  public var matched: Int
  /// Documents that differed from the one that was found.
  public var modified: Int
  /// Documents whose filter found none, so that they were inserted.
  public var upserted: Int
  /// Documents whose filter found none although one with their `_id` is there: a newer version,
  /// when the filter asks for an older one.
  public var superseded: Int

  public init(matched: Int, modified: Int, upserted: Int, superseded: Int) {
    self.matched = matched
    self.modified = modified
    self.upserted = upserted
    self.superseded = superseded
  }
}
