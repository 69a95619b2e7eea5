/// The wire's names of Swift's properties: `patientID` is `patient_id`, `icd10Codes` is
/// `icd10_codes`.
///
/// A word begins at a capital letter after a small one or a digit, and at the last capital of a run
/// that a small letter follows (`htmlURLString` is `html_url_string`); the s of a plural belongs to
/// its acronym (`patientIDs` is `patient_ids`).
public enum SnakeCase {
  public static func convert(_ camelCase: String) -> String {
    var output: [UInt8] = []
    let utf8 = camelCase.utf8
    let name = utf8.span
    for i in 0..<name.count {
      if startsWord(name, i) { output.append(UInt8(ascii: "_")) }
      output.append(lowercase(name[i]))
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// Appends what the property is called on the wire: at most twice as many bytes.
  static func append(_ name: Span<UInt8>, to output: inout OutputSpan<UInt8>) {
    for i in 0..<name.count {
      if startsWord(name, i) { output.append(UInt8(ascii: "_")) }
      output.append(lowercase(name[i]))
    }
  }

  /// Whether a property named `name` is called what stands in `text` at `range`, on the wire.
  static func matches(_ name: Span<UInt8>, _ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard name.count <= range.count else { return false }
    var at = range.lowerBound
    let end = range.upperBound
    for i in 0..<name.count {
      if startsWord(name, i) {
        guard at < end, text[at] == UInt8(ascii: "_") else { return false }
        at += 1
      }
      guard at < end, text[at] == lowercase(name[i]) else { return false }
      at += 1
    }
    return at == end
  }

  private static func startsWord(_ name: Span<UInt8>, _ i: Int) -> Bool {
    guard isUpper(name[i]), i > 0 else { return false }
    let previous = name[i - 1]
    if isLower(previous) || previous.isASCIIDigit { return true }
    guard isUpper(previous), i + 1 < name.count, isLower(name[i + 1]) else { return false }
    let isPlural = name[i + 1] == UInt8(ascii: "s") && (i + 2 == name.count || isUpper(name[i + 2]))
    return !isPlural
  }

  private static func isUpper(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "A") < 26 }
  private static func isLower(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "a") < 26 }
  private static func lowercase(_ byte: UInt8) -> UInt8 { isUpper(byte) ? byte | 0x20 : byte }
}
