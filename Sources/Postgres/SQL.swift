/// A statement and the values of its parameters.
///
///     let statement: SQL = "SELECT name FROM patients WHERE id = \(id)"
///
/// An interpolated value becomes a parameter (`$1`) and never a part of the text. Text is spliced
/// in with `\(raw: …)`, another statement, its parameters renumbered, with `\(sql: …)`.
public struct SQL: Sendable {
  struct Parameter: Sendable {
    let type: PostgresType
    /// Where the value stands in the buffer.
    var offset: Int
    /// -1: NULL
    let length: Int
    /// Where `$n` stands in the text's UTF-8.
    var position: Int
  }

  private(set) var text: String
  private(set) var parameters: [Parameter] = []
  private(set) var values = ParameterBuffer()

  init(text: String) {
    self.text = text
  }

  fileprivate mutating func bind(_ value: some PostgresEncodable) {
    let offset = values.bytes.count
    value.encode(into: &values)
    let length = values.isNull ? -1 : values.bytes.count - offset
    values.isNull = false
    // An empty value too has to stand somewhere, and libpq reads text up to a zero.
    let type = type(of: value).postgresType
    if length == 0 || type.parameterFormat == 0 { values.append(0) }
    parameters.append(
      Parameter(
        type: type, offset: offset, length: length, position: text.utf8.count))
    text.append("$")
    text.append(String(parameters.count))
  }

  /// Splices another statement in at the end.
  public mutating func append(_ other: SQL) {
    if other.parameters.isEmpty {
      text += other.text
      return
    }
    let shift = values.bytes.count
    values.append(contentsOf: other.values)
    let utf8 = other.text.utf8
    var copied = utf8.startIndex
    for (index, parameter) in other.parameters.enumerated() {
      let mark = utf8.index(utf8.startIndex, offsetBy: parameter.position)
      text += other.text[copied..<mark]
      var moved = parameter
      moved.offset += shift
      moved.position = text.utf8.count
      parameters.append(moved)
      text.append("$")
      text.append(String(parameters.count))
      copied = utf8.index(mark, offsetBy: 1 + String(index + 1).utf8.count)
    }
    text += other.text[copied...]
  }
}

extension SQL: ExpressibleByStringInterpolation {
  public init(stringLiteral text: String) {
    self.init(text: text)
  }

  public init(stringInterpolation: StringInterpolation) {
    self = stringInterpolation.sql
  }

  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var sql = SQL(text: "")

    public init(literalCapacity: Int, interpolationCount: Int) {
      sql.text.reserveCapacity(literalCapacity + 3 * interpolationCount)
      sql.parameters.reserveCapacity(interpolationCount)
      sql.values.reserve(16 * interpolationCount)
    }

    public mutating func appendLiteral(_ literal: String) {
      sql.text.append(literal)
    }

    /// Binds a value as a parameter.
    public mutating func appendInterpolation(_ value: some PostgresEncodable) {
      sql.bind(value)
    }

    /// Binds a value as a parameter; nil as NULL.
    public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
      sql.bind(value)
    }

    /// Splices text in as it is.
    public mutating func appendInterpolation(raw text: String) {
      sql.text.append(text)
    }

    /// Splices another statement in.
    public mutating func appendInterpolation(sql other: SQL) {
      sql.append(other)
    }
  }
}

extension Sequence where Element == SQL {
  /// Joins parts into one statement: conditions, `VALUES` rows.
  public func joined(separator: String) -> SQL {
    var whole = SQL(text: "")
    for (index, part) in enumerated() {
      if index > 0 { whole.append(SQL(text: separator)) }
      whole.append(part)
    }
    return whole
  }
}
