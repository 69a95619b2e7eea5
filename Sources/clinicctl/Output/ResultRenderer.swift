import JSONRPC

/// Shows the result of any method to people: lists as tables, objects as lines of name and value.
struct ResultRenderer {
  /// The terminal's columns; nil for no limit.
  let width: Int?

  /// The columns that a table drops first when it is too wide.
  private static let bookkeeping = ["version", "created at", "updated at"]

  func lines(_ result: JSONValue) -> [String] {
    switch result.kind {
    case .object: object(result)
    case .array: list(result, indent: 0)
    default: Printable.text(CellText.text(result), keepsLineBreaks: true).splitLines()
    }
  }

  private func object(_ result: JSONValue) -> [String] {
    if let items = result["items"], items.kind == .array {
      var lines = items.count == 0 ? ["none"] : list(items, indent: 0)
      let others = result.members.filter { $0.name != "items" && $0.name != "next_cursor" }
      if !others.isEmpty { lines += [""] + fields(others, indent: 0) }
      if let cursor = result["next_cursor"], !cursor.isNull {
        lines += ["", "There is more: add cursor=\(CellText.text(cursor))"]
      }
      return lines
    }
    return result.count == 0 ? ["done"] : fields(Array(result.members), indent: 0)
  }

  /// Names in one column, values in another; what is a list or an object itself comes below its
  /// name.
  private func fields(_ members: [(name: String, value: JSONValue)], indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    let nameWidth =
      members.filter { isPlain($0.value) }
      .map { DisplayWidth.of(CellText.heading($0.name)) }.max() ?? 0
    var lines: [String] = []
    for (name, value) in members {
      let heading = CellText.heading(name)
      if isPlain(value) {
        lines += field(heading, value, nameWidth: nameWidth, margin: margin)
      } else {
        lines.append("\(margin)\(heading)")
        lines +=
          value.kind == .array
          ? list(value, indent: indent + 2) : fields(Array(value.members), indent: indent + 2)
      }
    }
    return lines
  }

  /// A name and its value. Texts of several lines, such as a printed receipt, keep their lines,
  /// below the name.
  private func field(
    _ heading: String, _ value: JSONValue, nameWidth: Int, margin: String
  ) -> [String] {
    if let text = value.string, text.contains(where: \.isNewline) {
      let body = Printable.text(text, keepsLineBreaks: true).splitLines()
      return ["\(margin)\(heading)"] + body.map { "\(margin)  \($0)" }
    }
    return ["\(margin)\(DisplayWidth.fit(heading, to: nameWidth))  \(CellText.text(value))"]
  }

  private func list(_ list: JSONValue, indent: Int) -> [String] {
    let elements = Array(list.elements)
    let margin = String(repeating: " ", count: indent)
    guard elements.allSatisfy({ $0.kind == .object }) else {
      return elements.map { "\(margin)\(CellText.text($0))" }
    }
    var table = Self.table(of: elements)
    if let width, table.width > width - indent { table.removeColumns(Self.bookkeeping) }
    if let lines = table.lines(width: width.map { $0 - indent }) {
      return lines.map { "\(margin)\($0)" }
    }
    // Too many columns for the terminal: one record below the other.
    let records = elements.map { fields(Array($0.members), indent: indent) }
    return Array(records.joined(separator: [""]))
  }

  /// A column for each name that has a value anywhere, in the order in which they come.
  static func table(of elements: [JSONValue]) -> TextTable {
    var names: [String] = []
    for element in elements {
      for (name, value) in element.members where !value.isNull && !names.contains(name) {
        names.append(name)
      }
    }
    // The first element's order wins, even where its values are null.
    let order = elements.first.map { $0.members.map(\.name) } ?? []
    let known = order.filter(names.contains)
    names = known + names.filter { !known.contains($0) }
    let columns = names.map { name in
      let values = elements.compactMap { $0[name] }.filter { !$0.isNull }
      return TextTable.Column(
        heading: CellText.heading(name), isNumeric: values.allSatisfy(CellText.isNumeric))
    }
    let rows = elements.map { element in
      names.map { element[$0].map(CellText.text) ?? "-" }
    }
    return TextTable(columns: columns, rows: rows)
  }

  private func isPlain(_ value: JSONValue) -> Bool {
    switch value.kind {
    case .object: value.count == 0
    case .array: value.elements.allSatisfy { $0.kind != .object && $0.kind != .array }
    default: true
    }
  }
}

extension String {
  fileprivate func splitLines() -> [String] {
    split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
  }
}
