/// A document as a self-contained HTML page, with what a printer needs.
enum HTMLPaper {
  static func render(_ document: PaperDocument) -> String {
    let address = document.clinic.address.isEmpty ? "" : "<p>\(lines(document.clinic.address))</p>"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <title>\(text(document.title))</title>
      <style>
      \(style)
      </style>
      </head>
      <body>
      <header><p class="clinic" dir="auto">\(text(document.clinic.name))</p>\(address)</header>
      <h1 dir="auto">\(text(document.title))</h1>
      \(document.parts.map(render).joined(separator: "\n"))
      </body>
      </html>

      """
  }

  private static let style = """
    @page { size: A4; margin: 15mm; }
    body { font: 11pt/1.4 "Noto Sans", sans-serif; max-width: 180mm; margin: 0 auto; color: #000;
      overflow-wrap: anywhere; }
    header, h1, .stamp { text-align: center; }
    header { border-bottom: 1px solid #000; }
    header p { margin: 0 0 2mm; }
    header bdi, .note bdi { display: block; min-height: 1.4em; }
    .clinic { font-size: 16pt; font-weight: bold; }
    h1 { font-size: 13pt; }
    h2 { font-size: 11pt; margin-bottom: 0; break-after: avoid; }
    h2 + p { margin-top: 0; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 6mm; }
    dl.totals { justify-content: end; grid-template-columns: max-content max-content; }
    dl.totals dd { text-align: right; white-space: nowrap; }
    dl.fields dt, dl.totals > :last-of-type { font-weight: bold; }
    dd { margin: 0; }
    table { width: 100%; border-collapse: collapse; }
    thead { display: table-header-group; }
    th { border-bottom: 1px solid #000; text-align: left; }
    th, td { padding: 1mm 2mm 1mm 0; vertical-align: top; }
    .number { text-align: right; white-space: nowrap; }
    tbody, dl.totals, .signature { break-inside: avoid; }
    .stamp { font-size: 18pt; font-weight: bold; }
    .signature { margin: 15mm 0 0 auto; width: 70mm; border-top: 1px solid #000; }
    """

  private static func render(_ part: PaperPart) -> String {
    switch part {
    case .fields(let fields): return list(fields, "fields")
    case .totals(let fields): return list(fields, "totals")
    case .table(let table): return render(table)
    case .note(let note, let label):
      let heading = label.map { "<h2>\(text($0))</h2>\n" } ?? ""
      return "\(heading)<p class=\"note\">\(lines(note))</p>"
    case .stamp(let stamp): return "<p class=\"stamp\">\(text(stamp))</p>"
    case .signature(let name): return "<p class=\"signature\" dir=\"auto\">\(text(name))</p>"
    }
  }

  private static func list(_ fields: [PaperField], _ name: String) -> String {
    let items = fields.map { "<dt>\(text($0.label))</dt><dd><bdi>\(text($0.value))</bdi></dd>" }
    return "<dl class=\"\(name)\">\n\(items.joined(separator: "\n"))\n</dl>"
  }

  private static func render(_ table: PaperTable) -> String {
    func cells(_ texts: [String], _ tag: String) -> String {
      zip(table.columns, texts).map { column, cell in
        let look = column.isNumber ? " class=\"number\"" : ""
        return "<\(tag)\(look)><bdi>\(text(cell))</bdi></\(tag)>"
      }.joined()
    }
    let whole = max(table.columns.reduce(0) { $0 + $1.weight }, 1)
    let widths = table.columns.map { "<col style=\"width: \(100 * $0.weight / whole)%\">" }
    let rows = table.rows.map { row in
      let detail = row.detail.map {
        "\n<tr><td colspan=\"\(table.columns.count)\" class=\"note\">\(lines($0))</td></tr>"
      }
      return "<tbody><tr>\(cells(row.cells, "td"))</tr>\(detail ?? "")</tbody>"
    }
    return """
      <table>
      <colgroup>\(widths.joined())</colgroup>
      <thead><tr>\(cells(table.columns.map(\.title), "th"))</tr></thead>
      \(rows.joined(separator: "\n"))
      </table>
      """
  }

  /// Lines that each have their own direction: within one block, numbers would take their direction
  /// from letters of the line before.
  private static func lines(_ text: String) -> String {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { "<bdi>\(Self.text(String($0)))</bdi>" }.joined()
  }

  /// Escapes text, so that HTML takes it as text wherever it stands.
  private static func text(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default:
        if scalar.properties.generalCategory != .control {
          escaped.unicodeScalars.append(scalar)
        } else if scalar.properties.isWhitespace {
          escaped += " "
        }
      }
    }
    return escaped
  }
}
