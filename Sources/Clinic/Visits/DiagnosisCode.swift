import JSONRPC
import Postgres

/// An ICD-10 code whose form was checked: `J45.9`. Kept in capitals.
package struct DiagnosisCode: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 3...8 }
  package static var pattern: String? { #"^[A-Za-z][0-9][0-9A-Za-z](\.[0-9A-Za-z]{1,4})?$"# }
  package static var sample: String { "J45.9" }

  package static func checked(_ text: String) throws -> String {
    let typed = text.trimmed
    let text = typed.uppercased()
    let bytes = Array(text.utf8)
    // Some letters of other alphabets have capitals of ASCII.
    guard typed.utf8.count == bytes.count, bytes.count >= 3, isLetter(bytes[0]), bytes[1].isDigit,
      isLetter(bytes[2]) || bytes[2].isDigit, bytes.count == 3 || isSubcode(bytes[3...])
    else {
      throw InvalidValue(reason: .malformed, message: "an ICD-10 code, as J45.9")
    }
    return text
  }

  private static func isSubcode(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.first == UInt8(ascii: ".") && (2...5).contains(bytes.count)
      && bytes.dropFirst().allSatisfy { isLetter($0) || $0.isDigit }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
}

/// The codes of a diagnosis: up to 20, each once.
package struct DiagnosisCodes: BoundedList {
  package let rawValue: [DiagnosisCode]
  package init(rawValue: [DiagnosisCode]) { self.rawValue = rawValue }
  package static let counts = 0...20

  package static func checked(_ codes: [DiagnosisCode]) -> [DiagnosisCode] {
    var seen: Set<DiagnosisCode> = []
    return codes.filter { seen.insert($0).inserted }
  }

  var texts: [String] { rawValue.map(\.rawValue) }
}
