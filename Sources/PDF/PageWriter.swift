/// Puts blocks on pages, and begins a new page when one is full.
struct PageWriter {
  static let margin = 42.0
  static let width = PDFSurface.pageWidth - 2 * margin
  /// Where the footer begins.
  static let bottom = PDFSurface.pageHeight - margin - 14
  private static let ruleHeight = 6.0

  private let surface: PDFSurface
  private let footer: String
  private(set) var page = 1
  private(set) var y = margin
  /// The header of the table that is being written.
  private var header: TableLayout.Row?

  init(on surface: PDFSurface, footer: String) {
    self.surface = surface
    self.footer = footer
  }

  mutating func write(_ block: PDFBlock) {
    switch block {
    case .text(let text): write(surface.lines(of: text, width: Self.width))
    case .table(let table): write(layout(table))
    case .together(let blocks):
      makeRoom(for: blocks.reduce(0) { $0 + height(of: $1) })
      for block in blocks { write(block) }
    case .rule:
      makeRoom(for: Self.ruleHeight)
      drawRule()
    case .space(let points): y += points
    }
  }

  /// Ends the last page.
  func finish() {
    let y = Self.bottom + 4
    surface.line(of: PDFText(footer, size: 8), width: Self.width * 0.9).draw(atX: Self.margin, y: y)
    let number = PDFText("\(page)", size: 8, alignment: .right)
    surface.lines(of: number, width: Self.width).draw(atX: Self.margin, y: y)
    surface.endPage()
  }

  private mutating func write(_ lines: [TextLine], indent: Double = 0) {
    for line in lines {
      makeRoom(for: line.height)
      line.draw(atX: Self.margin + indent, y: y)
      y += line.height
    }
  }

  private mutating func write(_ table: TableLayout) {
    let first = table.rows.first?.beginning ?? 0
    if let header = table.header {
      makeRoom(for: header.height + Self.ruleHeight + first)
      draw(header)
    }
    header = table.header
    for row in table.rows {
      makeRoom(for: row.beginning)
      drawCells(of: row)
      write(row.detail, indent: TableLayout.indent)
      y += TableLayout.rowGap
    }
    header = nil
  }

  /// - Parameter header: a table's.
  private mutating func draw(_ header: TableLayout.Row) {
    drawCells(of: header)
    drawRule()
  }

  private mutating func drawCells(of row: TableLayout.Row) {
    for cell in row.cells { cell.lines.draw(atX: Self.margin + cell.x, y: y) }
    y += row.cellsHeight
  }

  private mutating func drawRule() {
    surface.line(fromX: Self.margin, toX: Self.margin + Self.width, y: y + Self.ruleHeight / 2)
    y += Self.ruleHeight
  }

  private mutating func makeRoom(for height: Double) {
    guard y + height > Self.bottom, y > Self.margin else { return }
    finish()
    page += 1
    y = Self.margin
    if let header { draw(header) }
  }

  private func layout(_ table: PDFTable) -> TableLayout {
    TableLayout(table, width: Self.width, on: surface)
  }

  /// How much height a block takes; for a text, as much as has to be on the page where it begins.
  private func height(of block: PDFBlock) -> Double {
    switch block {
    case .text(let text): Array(surface.lines(of: text, width: Self.width).prefix(2)).height
    case .table(let table): layout(table).rows.reduce(0) { $0 + $1.height }
    case .together(let blocks): blocks.reduce(0) { $0 + height(of: $1) }
    case .rule: Self.ruleHeight
    case .space(let points): points
    }
  }
}
