import JSONRPC
import Postgres

/// Where the next page of a list begins that is ordered by date, time of day and id.
package struct TimedCursor: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 18...40 }
  package static var pattern: String? { #"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}\.[0-9]+$"# }
  package static var sample: String { "2026-02-17T09:30.120" }

  init(date: LocalDate, time: TimeOfDay, id: Int64) {
    rawValue = "\(date)T\(time).\(id)"
  }

  package static func checked(_ text: String) throws -> String {
    guard parts(of: text) != nil else { throw InvalidValue.badCursor }
    return text
  }

  private static func parts(of text: String) -> (LocalDate, TimeOfDay, Int64)? {
    let words = text.split(separator: ".", omittingEmptySubsequences: false)
    guard words.count == 2, words[0].utf8.count == 16, words[0].dropFirst(10).first == "T",
      let date = LocalDate(String(words[0].prefix(10))),
      let time = TimeOfDay(String(words[0].suffix(5))), let id = Int64(digits: words[1])
    else { return nil }
    return (date, time, id)
  }

  /// The last row of the page before, to compare rows with.
  var place: SQL {
    guard let (date, time, id) = Self.parts(of: rawValue) else { return "(NULL, NULL, NULL)" }
    return "(\(date), \(time), \(id))"
  }
}
