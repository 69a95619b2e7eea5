import PDF

/// A document as blocks on A4 pages.
enum PDFPaper {
  static func layout(_ document: PaperDocument) -> PDFDocument {
    var blocks: [PDFBlock] = [
      .text(PDFText(document.clinic.name, size: 16, isBold: true, alignment: .center))
    ]
    if !document.clinic.address.isEmpty {
      blocks.append(.text(PDFText(document.clinic.address, size: 9, alignment: .center)))
    }
    blocks += [
      .space(4), .rule, .space(4),
      .text(PDFText(document.title, size: 13, isBold: true, alignment: .center)), .space(6),
    ]
    for part in document.parts {
      blocks += layout(part)
      blocks.append(.space(8))
    }
    return PDFDocument(
      title: document.title, blocks: blocks, footer: "\(document.clinic.name), \(document.title)")
  }

  private static func layout(_ part: PaperPart) -> [PDFBlock] {
    switch part {
    case .fields(let fields):
      return fields.map { field in
        .row([
          PDFCell(PDFText(field.label, isBold: true), share: 0.22),
          PDFCell(PDFText(field.value), share: 0.78),
        ])
      }
    case .table(let table): return [.table(layout(table))]
    case .totals(let fields):
      return fields.indices.map { index in
        let isLast = index == fields.count - 1
        return .row([
          PDFCell(PDFText(""), share: 0.5),
          PDFCell(PDFText(fields[index].label, isBold: isLast), share: 0.28),
          PDFCell(PDFText(fields[index].value, isBold: isLast, alignment: .right), share: 0.22),
        ])
      }
    case .note(let text, let label):
      let heading = label.map { PDFBlock.text(PDFText($0, isBold: true)) }
      return [heading].compactMap(\.self) + [.text(PDFText(text))]
    case .stamp(let text):
      return [.text(PDFText(text, size: 18, isBold: true, alignment: .center))]
    case .signature(let name):
      let line = PDFCell(PDFText("______________________________"), share: 0.45)
      let blank = PDFCell(PDFText(""), share: 0.55)
      return [
        .space(30), .row([blank, line]), .row([blank, PDFCell(PDFText(name), share: 0.45)]),
      ]
    }
  }

  private static func layout(_ table: PaperTable) -> PDFTable {
    let whole = Double(max(table.columns.reduce(0) { $0 + $1.weight }, 1))
    func cells(_ texts: [String], isBold: Bool) -> [PDFCell] {
      zip(table.columns, texts).map { column, text in
        PDFCell(
          PDFText(text, size: 9, isBold: isBold, alignment: column.isNumber ? .right : .left),
          share: Double(column.weight) / whole)
      }
    }
    return PDFTable(
      header: cells(table.columns.map(\.title), isBold: true),
      rows: table.rows.map { row in
        PDFTable.Row(
          cells(row.cells, isBold: false), detail: row.detail.map { PDFText($0, size: 9) })
      })
  }
}
