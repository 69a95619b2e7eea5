/// Prometheus' text format, version 0.0.4.
public struct MetricsText: Sendable {
  public enum Kind: String, Sendable { case counter, gauge, histogram }

  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""
  private var family = ""

  init() {}

  /// Begins a family; its samples follow.
  ///
  /// - Parameters:
  ///   - name: with its unit, and `_total` for a counter.
  ///   - help: one line.
  public mutating func family(_ name: String, _ kind: Kind, _ help: String) {
    family = name
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  /// A sample of the present family.
  public mutating func sample(
    _ value: Int, _ labels: [(String, String)] = [], suffix: String = ""
  ) {
    line("\(value)", labels, suffix)
  }

  /// A sample that is not a whole number, such as seconds.
  public mutating func sample(
    _ value: Double, _ labels: [(String, String)] = [], suffix: String = ""
  ) {
    line("\(value)", labels, suffix)
  }

  /// A family with one sample.
  public mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
    family(name, kind, help)
    sample(value)
  }

  private mutating func line(_ value: String, _ labels: [(String, String)], _ suffix: String) {
    text += family + suffix
    if !labels.isEmpty {
      let pairs = labels.map { "\($0)=\"\(Self.escaped($1))\"" }
      text += "{\(pairs.joined(separator: ","))}"
    }
    text += " \(value)\n"
  }

  private static func escaped(_ value: String) -> String {
    var escaped = ""
    for character in value.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\"": escaped += "\\\""
      case "\n": escaped += "\\n"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}
