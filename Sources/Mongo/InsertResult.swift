/// What became of documents that were to be inserted.
public struct InsertResult: Sendable, Hashable {
  public var inserted: Int
  /// Documents that were there already, under the same `_id`.
  public var duplicates: Int

  public init(inserted: Int, duplicates: Int) {
    self.inserted = inserted
    self.duplicates = duplicates
  }
}
