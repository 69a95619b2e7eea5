import JSONRPC

/// Allergies and the like: up to 50 lines.
package struct Lines: BoundedList {
  package let rawValue: [Line]
  package init(rawValue: [Line]) { self.rawValue = rawValue }
  package static let counts = 0...50

  var texts: [String] { rawValue.map(\.rawValue) }
}
