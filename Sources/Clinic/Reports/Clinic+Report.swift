import JSONRPC
import Mongo
import Postgres

extension Clinic {
  /// The documents of a page of a report, and one more if there is one.
  func report(
    _ collection: String, _ filter: BSONDocument, _ order: BSONDocument, limit: PageLimit
  ) async throws(ClinicError) -> [EncodedDocument] {
    do {
      return try await mongo.findEncoded(
        collection, filter: filter, sort: order, limit: limit.rawValue + 1)
    } catch {
      throw ClinicError(error)
    }
  }
}

extension BSONDocument {
  /// Restricts the filter to what comes after a document in the order of a member and then of
  /// `_id`, both descending. A range of the index that has this order is enough to find it.
  mutating func restrict(
    _ member: String, _ range: BSONDocument, after last: (value: BSON, id: Int64)?
  ) {
    var range = range
    if let last {
      range.append("$lte", last.value)
      append("$nor", .array([[member: last.value, "_id": ["$gte": .int64(last.id)]]]))
    }
    if !range.isEmpty { append(member, .document(range)) }
  }

  /// Restricts the filter in the same way, for a member that is an instant.
  mutating func restrict(
    _ member: String, from: Instant?, before: Instant?, after cursor: MomentCursor?
  ) {
    var range = BSONDocument()
    if let from { range.append("$gte", .date(from.milliseconds)) }
    if let before { range.append("$lt", .date(before.milliseconds)) }
    restrict(member, range, after: cursor.map { (.date($0.milliseconds), $0.id) })
  }
}

extension JSONOf {
  /// The members of a copied document that are no properties of `Value`.
  private static var ofTheCopy: [String] { ["_id", OutboxTopics.versionMember] }

  init(_ document: EncodedDocument) throws(ClinicError) {
    var json = JSONWriter(capacity: 2048)
    do {
      try document.write(into: &json, without: Self.ofTheCopy)
    } catch {
      throw ClinicError(error)
    }
    self.init(RawJSON(bytes: json.finish()))
  }
}
