/// A secret as a caller sends it: taken as it is, and never shown.
package protocol SecretText: CheckedText {}

extension SecretText {
  package static func checked(_ text: String) throws -> String { text }
  package var description: String { "(hidden)" }
}
