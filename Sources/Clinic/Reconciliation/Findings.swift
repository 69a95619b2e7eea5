import JSONRPC

/// A place where a store does not hold what PostgreSQL says. It has names and numbers of things,
/// never the contents of a patient's record.
package struct Difference: Codable, Sendable, Equatable {
  package enum Store: String, Codable, CaseIterable, Sendable, JSONSchemaRepresentable {
    case postgresql, redis, mongodb
  }
  let store: Store
  /// The collection, or the kind of key.
  let what: String
  let key: String
  let expected: String?
  let found: String?
}

/// What a comparison has seen.
struct Findings: Sendable {
  /// How many differences are reported; there may be more.
  static let shown = 100

  private(set) var checked: [Reconcile.Checked] = []
  private(set) var found = 0
  private(set) var differences: [Difference] = []

  mutating func checked(_ what: String, _ count: Int) {
    checked.append(Reconcile.Checked(what: what, count: count))
  }

  mutating func add(
    _ store: Difference.Store, _ what: String, _ key: String, expected: String? = nil,
    found text: String? = nil
  ) {
    found += 1
    guard differences.count < Self.shown else { return }
    differences.append(
      Difference(store: store, what: what, key: key, expected: expected, found: text))
  }

  mutating func add(_ other: Findings) {
    checked += other.checked
    found += other.found
    differences += other.differences.prefix(Self.shown - differences.count)
  }
}

/// One part of what the stores must agree on.
protocol Comparison: Sendable {
  /// Compares, and, if told to, corrects the copy where it differs.
  ///
  /// - Returns: what it found before any correction.
  func run(in clinic: Clinic, repairs: Bool) async throws -> Findings
}
