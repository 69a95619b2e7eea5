import PDF
import Testing

@testable import Clinic

/// Documents for people: what each rendering keeps to.
@Suite struct PaperTests {
  private var clinic: Letterhead {
    var clinic = Letterhead()
    clinic.name = "Clinic of St Mary & Sons"
    clinic.address = "1 Long Road\nSome Town"
    return clinic
  }

  private func document(_ name: String = "Asha Iyer") -> PaperDocument {
    PaperDocument(
      "Prescription 12", of: clinic,
      parts: [
        .stamp("CANCELLED"),
        .fields([PaperField("Date", "2026-02-17"), PaperField("Patient", name)]),
        .table(
          PaperTable(
            [
              PaperTable.Column("Medicine", weight: 60),
              PaperTable.Column("Dosage", weight: 20),
              PaperTable.Column("Quantity", weight: 20, isNumber: true, prefix: "Qty "),
            ],
            rows: [
              PaperTable.Row(
                ["Augmentin 625 mg tablet (amoxicillin and clavulanic acid)", "1 tablet", "10"],
                detail: "after food\nnot with milk"),
              PaperTable.Row(["Crocin", "", "100000"]),
            ])),
        .totals([PaperField("Subtotal", "10.00"), PaperField("Total", "11.80")]),
        .note(String(repeating: "long ", count: 60) + "\nsecond", label: "Notes"),
        .signature("Dr. Meera Nair"),
      ])
  }

  private static let names = [
    "Asha Iyer", "محمد عبد الله", "आशा अय्यर", "王小明", String(repeating: "x", count: 200),
    "Zoë\u{301}\u{302}", "\u{1B}[31mred\u{7}",
  ]

  @Test("no line is wider than the paper, whatever the text", arguments: [80, 42], names)
  func widths(width: Int, name: String) {
    let text = TextPaper(width: width).render(document(name))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { TextColumns.width(of: $0) <= width })
    #expect(lines.allSatisfy { $0.last != " " })
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" }, "nothing to obey")
  }

  @Test("80 columns: a table keeps its columns")
  func columns() {
    let text = TextPaper(width: 80).render(document())
    #expect(text.contains("Crocin"))
    let row = text.split(separator: "\n").first { $0.hasPrefix("Crocin") }
    #expect(row?.hasSuffix("100000") == true && row.map { $0.count } == 80)
    #expect(text.contains("  not with milk\n"))
    #expect(text.contains("*** CANCELLED ***"))
    #expect(text.hasSuffix("Dr. Meera Nair\n"))
  }

  @Test("42 columns: a row's first cell stands above the others")
  func stacks() {
    let lines = TextPaper(width: 42).render(document()).split(separator: "\n").map(String.init)
    let at = lines.firstIndex(of: "Crocin") ?? 0
    #expect(lines[at + 1].hasSuffix("Qty 100000") && lines[at + 1].count == 42)
  }

  @Test(
    "how many columns a text takes",
    arguments: [
      ("a", 1), ("é", 1), ("e\u{301}", 1), ("王", 2), ("ｱ", 1), ("Ａ", 2), ("한", 2),
      ("\u{1112}\u{1161}\u{11AB}", 2), ("\u{D7B0}", 0), ("☕", 2), ("✅", 2), ("⌚", 2), ("⭐", 2),
      ("🚀", 2), ("🫀", 2), ("🟠", 2), ("🙂", 2), ("☎", 1), ("🕱", 1), ("🇮🇳", 2), ("\u{FFFF}", 1),
      ("\u{2FFFF}", 1),
    ])
  func columns(text: String, width: Int) {
    #expect(TextColumns.width(of: text) == width)
  }

  @Test("totals stand under each other, however long one is, and nothing in them is obeyed")
  func totals() {
    var paper = PaperDocument("Invoice", of: clinic)
    paper.parts = [
      .totals([PaperField("Sum", "\u{1B}₹ 123456789012.00"), PaperField("Total", "₹ 1.00")])
    ]
    let lines = TextPaper(width: 42).render(paper).split(separator: "\n").suffix(2)
    #expect(
      lines.map(String.init) == [
        "                    Sum  ₹ 123456789012.00", "                  Total             ₹ 1.00",
      ])
  }

  @Test("a number is not broken, however narrow its column")
  func numbers() {
    var paper = PaperDocument("Invoice", of: clinic)
    let number = "123456789012.00"
    paper.parts = [
      .table(
        PaperTable(
          [
            PaperTable.Column("Item", weight: 90),
            PaperTable.Column("Price", weight: 10, isNumber: true),
          ], rows: [PaperTable.Row(["Dressing", number])]))
    ]
    let lines = TextPaper(width: 80).render(paper).split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("Dressing ") && $0.hasSuffix(" " + number) })
    #expect(lines.allSatisfy { $0.count <= 80 })
  }

  @Test(
    "a line ends with any line break",
    arguments: ["\n", "\r\n", "\r", "\u{B}", "\u{C}", "\u{2028}"])
  func lineBreaks(end: String) {
    var paper = document("Asha\(end)Iyer")
    paper.parts.append(.note("first\(end)\(end)third"))
    #expect(TextPaper(width: 42).render(paper).hasSuffix("\nfirst\n\nthird\n"))
    let page = HTMLPaper.render(paper)
    #expect(page.contains("<bdi>first</bdi><bdi></bdi><bdi>third</bdi>"))
    #expect(!page.contains("AshaIyer"))
  }

  @Test("HTML keeps rows whole and numbers unbroken, and breaks long words")
  func breaks() {
    let page = HTMLPaper.render(document())
    #expect(page.contains("overflow-wrap: anywhere"))
    #expect(page.contains("tbody, dl.totals, .signature { break-inside: avoid; }"))
    #expect(page.contains("<bdi>not with milk</bdi></td></tr></tbody>\n<tbody><tr>"))
    #expect(page.contains(".number { text-align: right; white-space: nowrap; }"))
  }

  @Test("on PDF pages the totals, the notes and the signature stay together")
  func together() {
    let blocks = PDFPaper.layout(document()).blocks
    let kept = blocks.map { if case .together(let blocks) = $0 { blocks.count } else { 0 } }
    #expect(kept.filter { $0 > 0 } == [1, 2, 2])
  }

  @Test("HTML takes text as text, and loads nothing")
  func html() {
    let page = HTMLPaper.render(document("<script>alert(\"1\")</script>'&"))
    #expect(
      page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;"))
    #expect(!page.contains("<script") && !page.contains("src=") && !page.contains("href="))
    #expect(page.contains("@page"))
    #expect(page.contains("Clinic of St Mary &amp; Sons"))
  }

  @Test("a PDF is one, also of a thousand rows", arguments: names)
  func pdf(name: String) async throws {
    let printer = PaperPrinter()
    var long = document(name)
    long.parts.append(
      .table(
        PaperTable(
          [PaperTable.Column("Row", weight: 1)],
          rows: (0..<1000).map { PaperTable.Row(["\($0) \(name)"]) })))
    long.parts.append(.note(String(repeating: "word ", count: 4000)))
    let paper = try await printer.print(long, as: .pdf)
    #expect(paper.contentType == "application/pdf")
    #expect(paper.content.hasPrefix("JVBERi0"), "%PDF-")
    #expect(paper.content.utf8.count > 10_000)
  }

  @Test(
    "a PDF of what Unicode keeps for programs' own use",
    arguments: [0xFFFF, 0xFDD0, 0x10FFFE] as [UInt32])
  func noncharacters(code: UInt32) async throws {
    let text = Character(try #require(Unicode.Scalar(code)))
    let paper = try await PaperPrinter().print(document("Asha \(text) Iyer"), as: .pdf)
    #expect(paper.content.hasPrefix("JVBERi0"), "%PDF-")
  }
}
