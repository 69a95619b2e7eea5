import PDF

/// A document as blocks on A4 pages.
enum PDFPaper {
  static func layout(_ document: PaperDocument) -> PDFDocument {
    var blocks: [PDFBlock] = [
      .text(PDFText(document.clinic.name, size: 16, isBold: true, alignment: .center))
    ]
    if !document.clinic.address.isEmpty {
      blocks.append(.text(PDFText(document.clinic.address, size: 10, alignment: .center)))
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
      return [
        .table(
          PDFTable(
            [PDFTable.Column(share: 0.22), PDFTable.Column(share: 0.78)],
            rows: fields.map { field in
              PDFTable.Row([PDFText(field.label, isBold: true), PDFText(field.value)])
            }))
      ]
    case .table(let table): return [.table(layout(table))]
    case .totals(let fields):
      let columns = [
        PDFTable.Column(share: 0.5), PDFTable.Column(share: 0.28),
        PDFTable.Column(share: 0.22, isNumber: true),
      ]
      let rows = fields.indices.map { index in
        let isLast = index == fields.count - 1
        return PDFTable.Row([
          PDFText(""), PDFText(fields[index].label, isBold: isLast),
          PDFText(fields[index].value, isBold: isLast, alignment: .right),
        ])
      }
      return [.together([.table(PDFTable(columns, rows: rows))])]
    case .note(let text, let label):
      let heading = label.map { PDFBlock.text(PDFText($0, isBold: true)) }
      return [.together([heading, .text(PDFText(text, alignment: .start))].compactMap(\.self))]
    case .stamp(let text):
      return [.text(PDFText(text, size: 18, isBold: true, alignment: .center))]
    case .signature(let name):
      let columns = [PDFTable.Column(share: 0.55), PDFTable.Column(share: 0.45)]
      let rows = ["______________________________", name].map { text in
        PDFTable.Row([PDFText(""), PDFText(text)])
      }
      return [.together([.space(30), .table(PDFTable(columns, rows: rows))])]
    }
  }

  private static func layout(_ table: PaperTable) -> PDFTable {
    let whole = Double(max(table.columns.reduce(0) { $0 + $1.weight }, 1))
    func cells(_ texts: [String], isBold: Bool) -> [PDFText] {
      zip(table.columns, texts).map { column, text in
        PDFText(text, size: 10, isBold: isBold, alignment: column.isNumber ? .right : .left)
      }
    }
    return PDFTable(
      table.columns.map {
        PDFTable.Column(share: Double($0.weight) / whole, isNumber: $0.isNumber)
      },
      header: cells(table.columns.map(\.title), isBold: true),
      rows: table.rows.map { row in
        PDFTable.Row(
          cells(row.cells, isBold: false),
          detail: row.detail.map { PDFText($0, size: 10, alignment: .start) })
      })
  }
}
