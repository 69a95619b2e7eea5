import JSONRPC

/// A JSON value as people read it in one line.
enum CellText {
  static func text(_ value: JSONValue) -> String {
    switch value.kind {
    case .null: "-"
    case .bool: value.bool == true ? "yes" : "no"
    case .number: value.numberText ?? ""
    case .string: Printable.text(value.string ?? "")
    case .array:
      value.count == 0 ? "-" : value.elements.map(text).joined(separator: ", ")
    case .object:
      value.count == 0
        ? "-"
        : value.members.map { "\(heading($0.name)) \(text($0.value))" }.joined(separator: ", ")
    }
  }

  /// `date_of_birth` becomes `date of birth`.
  static func heading(_ name: String) -> String {
    Printable.text(String(name.map { $0 == "_" ? " " : $0 }))
  }

  /// Whether a column of such values is aligned at the right: numbers, and money as a string.
  static func isNumeric(_ value: JSONValue) -> Bool {
    if value.kind == .number { return true }
    guard let text = value.string, !text.isEmpty else { return false }
    let parts = text.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { ("0"..."9").contains($0) } }
  }
}
