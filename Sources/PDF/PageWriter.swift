/// Puts blocks on pages, and begins a new page when one is full.
struct PageWriter {
  private static let margin = 42.0
  private static let width = PDFSurface.pageWidth - 2 * margin
  /// Where the footer begins.
  private static let bottom = PDFSurface.pageHeight - margin - 14
  private static let gap = 6.0

  private let surface: PDFSurface
  private let footer: String
  private var page = 1
  private var y = margin
  /// The header of the table that is being written.
  private var header: [PDFCell] = []

  init(on surface: PDFSurface, footer: String) {
    self.surface = surface
    self.footer = footer
  }

  mutating func write(_ block: PDFBlock) {
    switch block {
    case .text(let text): write(text)
    case .row(let cells): write(cells)
    case .table(let table): write(table)
    case .rule:
      makeRoom(for: Self.gap)
      surface.line(fromX: Self.margin, toX: Self.margin + Self.width, y: y + Self.gap / 2)
      y += Self.gap
    case .space(let points): y += points
    }
  }

  /// Ends the last page.
  func finish() {
    let y = Self.bottom + 4
    let number = PDFText("\(page)", size: 8, alignment: .right)
    surface.layout(number, width: Self.width).draw(atX: Self.margin, y: y)
    surface.layout(PDFText(footer, size: 8), width: Self.width * 0.9).draw(atX: Self.margin, y: y)
    surface.endPage()
  }

  // MARK: - Blocks

  private mutating func write(_ text: PDFText, indent: Double = 0) {
    for line in surface.layout(text, width: Self.width - indent).lines {
      makeRoom(for: line.height)
      line.draw(atX: Self.margin + indent, y: y)
      y += line.height
    }
  }

  /// - Parameter following: room that is to be on the same page below it.
  private mutating func write(_ cells: [PDFCell], following: Double = 0) {
    let layouts = cells.map { surface.layout($0.text, width: $0.share * Self.width - Self.gap) }
    let height = layouts.map(\.height).max() ?? 0
    makeRoom(for: height + following)
    var x = Self.margin
    for (cell, layout) in zip(cells, layouts) {
      layout.draw(atX: x, y: y)
      x += cell.share * Self.width
    }
    y += height + 2
  }

  private mutating func write(_ table: PDFTable) {
    write(table.header)
    write(.rule)
    header = table.header
    for row in table.rows {
      let indent = 2 * Self.gap
      let detail = row.detail.map { surface.layout($0, width: Self.width - indent).height }
      write(row.cells, following: min(detail ?? 0, Self.bottom / 2))
      if let detail = row.detail { write(detail, indent: indent) }
      y += Self.gap
    }
    header = []
  }

  private mutating func makeRoom(for height: Double) {
    guard y + height > Self.bottom, y > Self.margin else { return }
    finish()
    page += 1
    y = Self.margin
    let repeated = header
    header = []
    if !repeated.isEmpty {
      write(repeated)
      write(.rule)
    }
    header = repeated
  }
}
