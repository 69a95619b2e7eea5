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

/// An index of a collection.
public struct MongoIndex: Sendable, Hashable {
  /// Names of fields, each with 1 for ascending or -1 for descending.
  public var keys: BSONDocument
  public var unique: Bool
  public var name: String

  public init(keys: BSONDocument, unique: Bool = false, name: String) {
    self.keys = keys
    self.unique = unique
    self.name = name
  }
}
