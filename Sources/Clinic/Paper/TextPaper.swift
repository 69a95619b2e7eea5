/// A document as plain text of a fixed number of columns.
struct TextPaper {
  let width: Int
  /// Whether there is no room for tables to keep their columns.
  private var isNarrow: Bool { width < 60 }

  init(width: Int) {
    self.width = width
  }

  /// Renders lines without spaces at their ends, each with its line break.
  func render(_ document: PaperDocument) -> String {
    var lines = centered(document.clinic.name)
    if !document.clinic.address.isEmpty { lines += centered(document.clinic.address) }
    lines += [rule] + centered(document.title) + [rule]
    for (index, part) in document.parts.enumerated() {
      if index > 0 { lines.append("") }
      lines += render(part)
    }
    return lines.map { line in
      var line = line
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  private var rule: String { String(repeating: "-", count: width) }

  private func centered(_ text: String) -> [String] {
    TextColumns.lines(of: text, width: width).map { TextColumns.padded($0, width, .center) }
  }

  private func render(_ part: PaperPart) -> [String] {
    switch part {
    case .fields(let fields): return render(fields)
    case .table(let table): return isNarrow ? stacked(table) : columned(table)
    case .totals(let fields):
      let values = fields.map { TextColumns.line(of: $0.value) }
      let widest = max(12, values.map { TextColumns.width(of: $0) }.max() ?? 0)
      return zip(fields, values).flatMap {
        spread("", $0.label + "  " + TextColumns.padded($1, widest, .right))
      }
    case .note(let text, let label):
      return (label.map { [$0 + ":"] } ?? []) + TextColumns.lines(of: text, width: width)
    case .stamp(let text): return centered("*** \(text) ***")
    case .signature(let name):
      let line = String(repeating: "_", count: width / 2)
      return ["", "", TextColumns.padded(line, width, .right)]
        + TextColumns.lines(of: name, width: width / 2).map {
          TextColumns.padded("", width - width / 2) + $0
        }
    }
  }

  private func render(_ fields: [PaperField]) -> [String] {
    let labels = min((fields.map { TextColumns.width(of: $0.label) }.max() ?? 0) + 2, width / 2)
    return fields.flatMap { field in
      hanging(TextColumns.padded(field.label + ":", labels), field.value)
    }
  }

  /// A text whose further lines stand under its first one.
  private func hanging(_ label: String, _ text: String) -> [String] {
    let indent = TextColumns.width(of: label)
    return TextColumns.lines(of: text, width: width - indent).enumerated().map { index, line in
      (index == 0 ? label : TextColumns.padded("", indent)) + line
    }
  }

  // MARK: - Tables

  private func columned(_ table: PaperTable) -> [String] {
    let room = width - 2 * (table.columns.count - 1)
    let whole = max(table.columns.reduce(0) { $0 + $1.weight }, 1)
    // No number is broken, unless there are too many long ones.
    var widths = table.columns.enumerated().map { index, column in
      let share = max(column.weight * room / whole, 1)
      guard column.isNumber else { return share }
      let needed = table.rows.map { TextColumns.width(of: $0.cells[index]) }.max() ?? 0
      return max(share, min(needed, room / table.columns.count))
    }
    // What rounding leaves goes to the widest; what numbers need comes from it.
    if let widest = widths.indices.max(by: { widths[$0] < widths[$1] }) {
      widths[widest] += room - widths.reduce(0, +)
    }
    func row(_ cells: [String]) -> [String] {
      let columns = zip(cells, widths).map { TextColumns.lines(of: $0, width: $1) }
      return (0..<(columns.map(\.count).max() ?? 0)).map { line in
        zip(table.columns, zip(columns, widths)).map { column, cell in
          TextColumns.padded(
            line < cell.0.count ? cell.0[line] : "", cell.1, column.isNumber ? .right : .left)
        }.joined(separator: "  ")
      }
    }
    return row(table.columns.map(\.title)) + [rule]
      + table.rows.flatMap { row($0.cells) + detail($0) } + [rule]
  }

  /// The first cell on a line of its own, the others under it, the last one at the right.
  private func stacked(_ table: PaperTable) -> [String] {
    [rule]
      + table.rows.flatMap { row in
        let cells = zip(table.columns, row.cells).map {
          $1.isEmpty ? "" : TextColumns.line(of: $0.prefix + $1)
        }
        let middle = cells.dropFirst().dropLast().filter { !$0.isEmpty }.joined(separator: ", ")
        return TextColumns.lines(of: cells.first ?? "", width: width)
          + spread("  " + middle, cells.count > 1 ? cells.last ?? "" : "") + detail(row)
      } + [rule]
  }

  private func detail(_ row: PaperTable.Row) -> [String] {
    row.detail.map { hanging("  ", $0) } ?? []
  }

  /// One text at the left, one at the right; on lines of their own when they do not fit on one.
  private func spread(_ left: String, _ right: String) -> [String] {
    let room = width - TextColumns.width(of: right)
    if TextColumns.width(of: left) < room { return [TextColumns.padded(left, room) + right] }
    return (left.isEmpty ? [] : hanging("  ", left))
      + TextColumns.lines(of: right, width: width).map { TextColumns.padded($0, width, .right) }
  }
}
