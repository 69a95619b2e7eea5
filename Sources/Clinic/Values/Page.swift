import JSONRPC
import Postgres

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
    _ rows: [Row], limit: PageLimit, item: (Row) -> Item, cursor: (Row) -> String
  ) {
    let page = rows.prefix(limit.rawValue)
    items = page.map(item)
    nextCursor = rows.count > page.count ? page.last.map(cursor) : nil
  }
}

/// How many items a page holds: 1 to 200.
package struct PageLimit: BoundedNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let bounds = 1...200
  package static let standard = PageLimit(rawValue: 50)

  /// One row more than a page holds, for a LIMIT. It is text and no parameter: that way PostgreSQL
  /// keeps a plan that knows how few rows are wanted, and need not plan each call. A search by part
  /// of a name has a parameter there, because its plan depends on the search term.
  var rows: SQL { "\(raw: String(rawValue + 1))" }
}

/// Where the next page of a list that is ordered by id begins.
package struct Cursor: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...40 }
  package static var pattern: String? { "^[0-9]+$" }
  package static var sample: String { "120" }

  package static func checked(_ text: String) throws -> String {
    guard Int64(digits: text) != nil else {
      throw InvalidValue(reason: .malformed, message: "a next_cursor that a list gave")
    }
    return text
  }

  package var id: Int64 { Int64(rawValue) ?? 0 }
}
