/// A table of text, as wide as its longest cells or as the terminal is.
struct TextTable {
  struct Column: Equatable {
    var heading: String
    var isNumeric = false
  }

  /// The gap between two columns.
  private static let gap = 2
  /// The least width of a column: a narrower one says nothing.
  private static let narrowest = 6

  var columns: [Column]
  var rows: [[String]]

  /// The width of the table when nothing is cut.
  var width: Int { (widths(within: nil) ?? []).reduce(0, +) + Self.gap * (columns.count - 1) }

  mutating func removeColumns(_ headings: [String]) {
    let kept = columns.indices.filter { !headings.contains(columns[$0].heading) }
    guard !kept.isEmpty else { return }
    columns = kept.map { columns[$0] }
    rows = rows.map { row in kept.map { row[$0] } }
  }

  /// The lines of the table; nil when it does not fit, however its columns are cut.
  func lines(width: Int?) -> [String]? {
    guard let widths = widths(within: width) else { return nil }
    let heading = line(columns.map { $0.heading.uppercased() }, widths)
    return [heading] + rows.map { line($0, widths) }
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      if index > 0 { line += String(repeating: " ", count: Self.gap) }
      line += DisplayWidth.fit(cell, to: widths[index], atRight: columns[index].isNumeric)
    }
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }

  private func widths(within width: Int?) -> [Int]? {
    var widths = columns.indices.map { index in
      rows.reduce(DisplayWidth.of(columns[index].heading)) {
        max($0, DisplayWidth.of($1[index]))
      }
    }
    guard let width else { return widths }
    let available = width - Self.gap * (columns.count - 1)
    var excess = widths.reduce(0, +) - available
    // The widest column gives first: it has most to spare.
    while excess > 0 {
      let texts = columns.indices.filter { !columns[$0].isNumeric && widths[$0] > Self.narrowest }
      guard let widest = texts.max(by: { widths[$0] < widths[$1] }) else { return nil }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }
}
