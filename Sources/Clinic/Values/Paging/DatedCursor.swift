import JSONRPC
import Postgres

/// Where the next page of a list begins that is ordered by date and id.
package struct DatedCursor: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 12...40 }
  package static var pattern: String? { #"^[0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9]+$"# }
  package static var sample: String { "2026-02-17.120" }

  init(date: LocalDate, id: Int64) {
    rawValue = "\(date).\(id)"
  }

  package static func checked(_ text: String) throws -> String {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, LocalDate(String(parts[0])) != nil, Int64(digits: parts[1]) != nil
    else { throw InvalidValue.badCursor }
    return text
  }

  var date: LocalDate { LocalDate(String(rawValue.prefix(10))) ?? LocalDate(days: 0) }
  var id: Int64 { Int64(rawValue.dropFirst(11)) ?? 0 }
}
