/// What `find` and `explain` look for.
struct FindQuery: Sendable {
  var filter: BSONDocument
  var sort: BSONDocument?
  var skip: Int?
  var limit: Int?
  var projection: BSONDocument?
  var batch: Int?

  /// The members that the `find` command has beside its filter.
  var options: BSONDocument {
    var options = BSONDocument()
    if let sort { options.append("sort", .document(sort)) }
    if let skip { options.append("skip", .int64(Int64(skip))) }
    if let limit { options.append("limit", .int64(Int64(limit))) }
    if let projection { options.append("projection", .document(projection)) }
    if let batch { options.append("batchSize", .int64(Int64(batch))) }
    return options
  }
}
