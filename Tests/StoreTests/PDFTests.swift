import Testing

@testable import PDF

/// Text in lines, and lines on pages.
@Suite struct PDFTests {
  private let surface: PDFSurface

  init() throws {
    surface = try PDFSurface(title: "")
  }

  private func width(_ text: String, size: Double = 10) -> Double {
    surface.lines(of: PDFText(text, size: size)).map(\.width).max() ?? 0
  }

  @Test("a size is in points, and letters stand where their font puts them")
  func sizes() throws {
    let line = try #require(surface.lines(of: PDFText("Notes", size: 100)).first)
    #expect((130...140).contains(line.height), "Noto Sans has 1.36 of its size")
    #expect(abs(width("illness", size: 100) - 10 * width("illness")) < 1)
  }

  @Test("each paragraph has its own direction; one without letters is written from the left")
  func directions() throws {
    let text = "ملاحظة\r\n+966 (11) 123-4567\nafter food"
    func lines(_ alignment: PDFAlignment) -> [TextLine] {
      surface.lines(of: PDFText(text, alignment: alignment), width: 300)
    }
    let natural = lines(.start)
    try #require(natural.count == 3)
    #expect(natural[0].left > 200 && natural[1].left == 0 && natural[2].left == 0)
    #expect(lines(.left).allSatisfy { $0.left == 0 })
    #expect(lines(.right).allSatisfy { abs($0.left + $0.width - 300) < 0.1 })
  }

  @Test("scripts of one row stand on one line")
  func scripts() {
    let lines = ["Asha", "محمد", "आशा", "+91"].flatMap { surface.lines(of: PDFText($0)) }
    #expect(Set(lines.map(\.ascent)).count == 1)
  }

  @Test("control characters are not drawn")
  func controls() {
    #expect(width("a\u{1B}b") == width("ab"))
  }

  @Test("a broken word gets no hyphen")
  func hyphens() {
    let word = String(repeating: "pneumono", count: 20)
    let lines = surface.lines(of: PDFText(word, size: 10), width: 100)
    #expect(lines.count > 5)
    #expect(abs(lines.reduce(0) { $0 + $1.width } - width(word)) < 1)
  }

  @Test("the footer is one line")
  func footer() throws {
    let name = "Clinic\nof " + String(repeating: "St Mary ", count: 50)
    let lines = surface.line(of: PDFText(name), width: 200)
    #expect(lines.count == 1)
    #expect((150...200).contains(try #require(lines.first).width))
  }

  @Test("a column is as wide as its numbers, and all are as wide as the page")
  func columns() {
    let number = "10,000,000.00"
    let columns = [
      PDFTable.Column(share: 0.9), PDFTable.Column(share: 0.05, isNumber: true),
      PDFTable.Column(share: 0.05),
    ]
    let row = PDFTable.Row([PDFText("Dressing"), PDFText(number), PDFText("")])
    let widths = TableLayout.widths(of: PDFTable(columns, rows: [row]), in: 500, on: surface)
    #expect(widths[1] - TableLayout.gap >= width(number, size: 11))
    #expect(widths[2] == 25 && abs(widths.reduce(0, +) - 500) < 0.001)
  }

  private static let belonging: [PDFBlock] = [
    .together([.space(30), .table(table(rows: 2))]),
    .together([.table(table(rows: 5))]),
    .together([.text(PDFText("Notes", isBold: true)), .text(PDFText("first\nsecond"))]),
    .table(table(header: [PDFText("Medicine")], rows: 1)),
  ]

  private static func table(header: [PDFText] = [], rows: Int) -> PDFTable {
    let row = PDFTable.Row([PDFText("Crocin")], detail: PDFText("after food\nnot with milk"))
    return PDFTable(
      [PDFTable.Column(share: 1)], header: header, rows: Array(repeating: row, count: rows))
  }

  @Test("what belongs together is not parted by the end of a page", arguments: belonging.indices)
  func together(index: Int) {
    let block = Self.belonging[index]
    var alone = PageWriter(on: surface, footer: "")
    alone.write(block)
    let height = alone.y - PageWriter.margin
    for room in stride(from: 1, to: height - TableLayout.rowGap, by: 3) {
      var pages = PageWriter(on: surface, footer: "")
      pages.write(.space(PageWriter.bottom - PageWriter.margin - room))
      pages.write(block)
      #expect(pages.page == 2 && pages.y == alone.y, "with room for \(room) of \(height)")
    }
  }

  @Test("a long text begins where its heading stands")
  func longText() {
    let text = PDFText(String(repeating: "after food\n", count: 30))
    let block = PDFBlock.together([.text(PDFText("Notes")), .text(text)])
    var alone = PageWriter(on: surface, footer: "")
    alone.write(block)
    var pages = PageWriter(on: surface, footer: "")
    pages.write(.space(PageWriter.bottom - PageWriter.margin - 60))
    pages.write(block)
    #expect(pages.page == 2 && pages.y < alone.y)
  }
}
