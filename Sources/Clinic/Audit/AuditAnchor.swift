package import JSONRPC

/// A link of the audit's chain, as it was recorded outside of the database: `17 3fa9…` in the state
/// directory, `17:3fa9…` on a command line.
package struct AuditAnchor: Sendable, Equatable, CustomStringConvertible {
  package let position: Int64
  package let link: [UInt8]

  init(position: Int64, link: [UInt8]) {
    self.position = position
    self.link = link
  }

  /// `nil` for text that is no anchor.
  package init?(_ text: String) {
    let parts = text.split { $0 == " " || $0 == ":" || $0.isNewline }
    guard parts.count == 2, let position = Int64(digits: parts[0]), position > 0,
      let link = [UInt8](hexadecimal: parts[1]), link.count == 32
    else { return nil }
    self.init(position: position, link: link)
  }

  package var hexadecimal: String { link.hexadecimal }

  package var description: String { "\(position) \(hexadecimal)" }
}

extension AuditAnchor: Codable, JSONSchemaRepresentable {
  package static var jsonSchema: JSONSchema {
    .string(pattern: "^[1-9][0-9]*:[0-9a-fA-F]{64}$")
      .example("\"1:" + String(repeating: "0", count: 64) + "\"")
  }

  package init(from decoder: any Decoder) throws {
    guard let anchor = AuditAnchor(try decoder.singleValueContainer().decode(String.self)) else {
      throw InvalidValue(
        reason: .malformed, message: "a position, a colon, and a link of 64 hexadecimal digits")
    }
    self = anchor
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode("\(position):\(hexadecimal)")
  }
}

/// Where the anchor is kept, outside of the database.
package struct AnchorFile: Sendable {
  /// What was written last; `nil` when there is nothing.
  package let read: @Sendable () async -> String?
  package let write: @Sendable (String) async -> Void

  package init(
    read: @escaping @Sendable () async -> String?, write: @escaping @Sendable (String) async -> Void
  ) {
    self.read = read
    self.write = write
  }

  package static let none = AnchorFile(read: { nil }, write: { _ in })
}
