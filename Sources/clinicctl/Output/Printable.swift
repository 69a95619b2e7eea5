/// Text from a store, made fit for a terminal.
enum Printable {
  /// Control characters, with which text could move the cursor or change what it says, are shown
  /// as what they are. Line breaks stay when there may be several lines.
  static func text(_ text: String, keepsLineBreaks: Bool = false) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if !isControl(scalar) || (keepsLineBreaks && scalar == "\n") {
        result.unicodeScalars.append(scalar)
      } else if scalar == "\n" || scalar == "\t" {
        result.append(" ")
      } else {
        result.append("\\u{\(String(scalar.value, radix: 16))}")
      }
    }
    return result
  }

  /// C0 and C1, DEL, and the marks that turn the direction of writing.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0, 0x202a...0x202e, 0x2066...0x2069, 0x2028, 0x2029: true
    default: false
    }
  }
}
