import Clinic

extension ConfigurationReader {
  /// The clinic's name and address, without white space around them.
  mutating func letterhead() -> Letterhead {
    var letterhead = Letterhead()
    letterhead.currency = line("CLINIC_CURRENCY")
    letterhead.name = line("CLINIC_NAME")
    if letterhead.name.visible.isEmpty { fault("CLINIC_NAME: more than blanks") }
    letterhead.address = lines("CLINIC_ADDRESS")
    return letterhead
  }

  private mutating func line(_ name: String) -> String {
    let line = text(name).trimmed
    if (try? line.oneLine()) == nil { fault("\(name): one line without control characters") }
    return line
  }

  private mutating func lines(_ name: String) -> String {
    let lines = text(name).trimmed.split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline
    ).map { String($0).trimmed }
    if lines.contains(where: { (try? $0.oneLine()) == nil }) {
      fault("\(name): lines without control characters")
    }
    return lines.joined(separator: "\n")
  }
}
