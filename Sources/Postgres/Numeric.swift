/// A `numeric` as decimal text: `-1234.50`, `NaN`, `Infinity`. No digit is lost.
public struct Numeric: Hashable, Sendable {
  public var text: String

  public init(text: String) {
    self.text = text
  }
}

extension Numeric: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .numeric }

  /// A `numeric` parameter travels as text.
  public func encode(into buffer: inout ParameterBuffer) {
    buffer.append(text)
  }

  public init(postgres value: PostgresValue) throws(PostgresError) {
    guard value.type == .numeric else { throw .decoding }
    let count = Int(try value.load(Int16.self))
    let weight = Int(try value.load(Int16.self, at: 2))
    let sign: UInt16 = try value.load(at: 4)
    let scale = Int(try value.load(Int16.self, at: 6))
    switch sign {
    case 0, 0x4000: break
    case 0xC000:
      self.init(text: "NaN")
      return
    case 0xD000:
      self.init(text: "Infinity")
      return
    case 0xF000:
      self.init(text: "-Infinity")
      return
    default: throw .decoding
    }
    var text = sign == 0 ? "" : "-"
    text += weight < 0 ? "0" : ""
    // Groups of four decimal digits; those that are not there are zero.
    for index in 0..<max(weight + 1, 0) {
      let group = index < count ? try value.load(Int16.self, at: 8 + 2 * index) : 0
      text += index == 0 ? String(group) : Self.padded(group)
    }
    if scale > 0 {
      text += "."
      var fraction = ""
      var index = weight + 1
      while fraction.utf8.count < scale {
        let isThere = index >= 0 && index < count
        fraction += Self.padded(isThere ? try value.load(Int16.self, at: 8 + 2 * index) : 0)
        index += 1
      }
      text += fraction.prefix(scale)
    }
    self.init(text: text)
  }

  private static func padded(_ group: Int16) -> String {
    let digits = String(group)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }
}
