/// A table whose texts were shaped and broken into lines.
struct TableLayout {
  struct Row {
    let cells: [(x: Double, lines: [TextLine])]
    let detail: [TextLine]

    var cellsHeight: Double { cells.map(\.lines.height).max() ?? 0 }
    var height: Double { cellsHeight + detail.height + TableLayout.rowGap }
    /// How much of the row has to be on the page where it begins: all of it, unless its detail is
    /// long.
    var beginning: Double { cellsHeight + min(detail.height, PageWriter.bottom / 2) }
  }

  /// The gap between columns.
  static let gap = 6.0
  static let rowGap = 3.0
  /// The indent of a row's detail.
  static let indent = 12.0

  let header: Row?
  let rows: [Row]

  init(_ table: PDFTable, width: Double, on surface: PDFSurface) {
    let widths = Self.widths(of: table, in: width, on: surface)
    func row(_ cells: [PDFText], detail: PDFText? = nil) -> Row {
      var x = 0.0
      return Row(
        cells: zip(cells, widths).map { cell, width in
          defer { x += width }
          return (x, surface.lines(of: cell, width: width - Self.gap))
        },
        detail: detail.map { surface.lines(of: $0, width: width - Self.indent) } ?? [])
    }
    header = table.header.isEmpty ? nil : row(table.header)
    rows = table.rows.map { row($0.cells, detail: $0.detail) }
  }

  /// No number is broken, unless there are too many long ones: a column of numbers takes what it
  /// needs, and the widest column makes up for that.
  static func widths(of table: PDFTable, in width: Double, on surface: PDFSurface) -> [Double] {
    let most = width / Double(max(table.columns.count, 1))
    var widths = table.columns.enumerated().map { index, column in
      let share = column.share * width
      guard column.isNumber else { return share }
      let rows = [table.header] + table.rows.map(\.cells)
      let lines = rows.compactMap { $0.dropFirst(index).first }.flatMap { surface.lines(of: $0) }
      let needed = (lines.map(\.width).max() ?? 0) + gap
      return max(share, min(needed, most))
    }
    if let widest = widths.indices.max(by: { widths[$0] < widths[$1] }) {
      widths[widest] += width - widths.reduce(0, +)
    }
    return widths
  }
}
