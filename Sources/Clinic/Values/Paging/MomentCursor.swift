import JSONRPC
import Postgres

/// Where the next page of a list begins that is ordered by an instant and a number.
package struct MomentCursor: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 3...40 }
  package static var pattern: String? { #"^[0-9]+\.[0-9]+$"# }
  package static var sample: String { "1771320600000.120" }

  init(_ milliseconds: Int64, _ id: Int64) {
    rawValue = "\(milliseconds).\(id)"
  }

  package static func checked(_ text: String) throws -> String {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ Int64(digits: $0) != nil }) else {
      throw InvalidValue.badCursor
    }
    return text
  }

  private var parts: [Int64] { rawValue.split(separator: ".").compactMap { Int64($0) } }
  var milliseconds: Int64 { parts.first ?? 0 }
  var id: Int64 { parts.last ?? 0 }
}
