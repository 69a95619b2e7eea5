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
