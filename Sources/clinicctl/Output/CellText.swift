import JSONRPC

/// A JSON value as people read it in one line.
enum CellText {
  static func text(_ value: JSONValue) -> String {
    switch value.kind {
    case .null: "-"
    case .bool: value.bool == true ? "yes" : "no"
    case .number: value.numberText ?? ""
    case .string: Printable.text(instant(value.string ?? ""))
    case .array:
      value.count == 0 ? "-" : value.elements.map(text).joined(separator: ", ")
    case .object:
      value.count == 0
        ? "-"
        : value.members.map { "\(heading($0.name)) \(text($0.value))" }.joined(separator: ", ")
    }
  }

  /// `2026-01-31T08:30:00.123456Z` becomes `2026-01-31 08:30:00Z`; other text stays as it is.
  private static func instant(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard (20...30).contains(bytes.count), bytes.last == UInt8(ascii: "Z") else { return text }
    let digit = UInt8(ascii: "0")...UInt8(ascii: "9")
    let isInstant = zip(bytes, "0000-00-00T00:00:00".utf8).allSatisfy { byte, shape in
      shape == UInt8(ascii: "0") ? digit.contains(byte) : byte == shape
    }
    guard isInstant,
      bytes[19...].dropLast().allSatisfy({ $0 == UInt8(ascii: ".") || digit.contains($0) })
    else { return text }
    let date = String(decoding: bytes[..<10], as: UTF8.self)
    return "\(date) \(String(decoding: bytes[11..<19], as: UTF8.self))Z"
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
