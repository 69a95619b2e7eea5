/// Random JSON texts, valid and otherwise.
struct RandomJSON {
  var generator: SeededGenerator

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
  }

  mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }

  mutating func pick<T>(_ choices: [T]) -> T { choices[number(0..<choices.count)] }

  mutating func whitespace() -> String { pick(["", "", "", " ", "\t", "  "]) }

  mutating func value(depth: Int = 0) -> String {
    switch number(0..<(depth > 5 ? 6 : 9)) {
    case 0: return "null"
    case 1: return pick(["true", "false"])
    case 2, 3: return numberText()
    case 4, 5: return string()
    case 6, 7:
      let elements = (0..<number(0..<4)).map { _ in whitespace() + value(depth: depth + 1) }
      return "[\(elements.joined(separator: whitespace() + ","))\(whitespace())]"
    default: return object(depth: depth)
    }
  }

  mutating func object(depth: Int = 0) -> String {
    let members = (0..<number(0..<4)).map { _ in
      "\(whitespace())\(string())\(whitespace()):\(whitespace())\(value(depth: depth + 1))"
    }
    return "{\(members.joined(separator: whitespace() + ","))\(whitespace())}"
  }

  mutating func numberText() -> String {
    pick([
      "0", "-0", "1", "-1", "42", "1.5", "-0.25", "1e5", "1E+5", "2.5e-3",
      "123456789012345678901234567890",
      "0e0", "-9223372036854775808", "18446744073709551615", "0.1e1", "100",
    ])
  }

  mutating func string() -> String {
    let parts = [
      "a", "patient_id", "é", "ü", "漢字", "🙂", " ", #"\""#, #"\\"#, #"\/"#, #"\b\f\n\r\t"#,
      #"\u0041"#,
      #"\uD83D\uDE00"#, #"\u00e9"#, "{", "}", "[", "]", ",", ":", "\u{7f}", "\u{2028}",
    ]
    return "\"\((0..<number(0..<5)).map { _ in pick(parts) }.joined())\""
  }

  /// A request, a batch or a notification, mostly valid.
  mutating func message() -> String {
    switch number(0..<10) {
    case 0: return value()
    case 1: return "[\((0..<number(0..<4)).map { _ in request() }.joined(separator: ","))]"
    default: return request()
    }
  }

  mutating func request() -> String {
    var members = [#""jsonrpc":"2.0""#, "\"method\":\(string())"]
    if number(0..<4) > 0 {
      members.append("\"id\":\(pick([numberText(), string(), "null"]))")
    }
    switch number(0..<4) {
    case 0: members.append("\"params\":\(object())")
    case 1: members.append("\"params\":[\(value()),\(value())]")
    default: break
    }
    if number(0..<10) == 0 { members.append("\(string()):\(value())") }
    members.shuffle(using: &generator)
    return "{\(members.joined(separator: whitespace() + ","))}"
  }

  /// Some bytes changed, removed, doubled or added.
  mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<number(1..<5) where !bytes.isEmpty {
      let at = number(0..<bytes.count)
      switch number(0..<5) {
      case 0: bytes[at] = UInt8(number(0..<256))
      case 1: bytes.remove(at: at)
      case 2: bytes.insert(bytes[at], at: at)
      case 3: bytes.insert(pick(Array("{}[]\",:\\\n\r\u{0}019.-+eEutfn \t".utf8)), at: at)
      default: bytes.removeSubrange(at..<min(at + number(1..<8), bytes.count))
      }
    }
    return bytes
  }
}
