/// A page of a list. `nextCursor` fetches the page after it; it is null on the last one.
package struct Page<Item: Codable & Sendable>: Codable, Sendable {
  package let items: [Item]
  package let nextCursor: String?

  /// Makes a page from its rows and one more, if there is one.
  package init(_ rows: [Item], limit: PageLimit, cursor: (Item) -> String) {
    self.init(rows, limit: limit, item: { $0 }, cursor: cursor)
  }

  /// Makes a page from rows that know more than their items show.
  package init<Row>(
    _ rows: [Row], limit: PageLimit, item: (Row) throws -> Item, cursor: (Row) -> String
  ) rethrows {
    let page = rows.prefix(limit.rawValue)
    items = try page.map(item)
    nextCursor = rows.count > page.count ? page.last.map(cursor) : nil
  }
}
