package import JSONRPC
package import Postgres
import StoreLoop

/// A moment, to the microsecond, in UTC.
package struct Instant: Hashable, Comparable, Sendable {
  /// Microseconds since 1970-01-01T00:00:00Z, without leap seconds.
  package let microseconds: Int64

  package init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// The present moment, by this host's clock.
  package static var now: Instant { Instant(microseconds: WallClock.microseconds()) }

  /// Clamped to what microseconds can count: MongoDB holds any number.
  init(milliseconds: Int64) {
    let range = Int64.min / 1000...Int64.max / 1000
    microseconds = min(max(milliseconds, range.lowerBound), range.upperBound) * 1000
  }

  package static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }

  package func adding(seconds: Int64) -> Instant {
    Instant(microseconds: microseconds + seconds * 1_000_000)
  }

  package var milliseconds: Int64 { microseconds / 1000 }
  package var seconds: Int64 { microseconds / 1_000_000 }

  private static let microsecondsPerDay: Int64 = 86_400_000_000

  /// Takes RFC 3339 in UTC or with an offset: `2026-02-17T09:30:00.25Z`, `…T15:00:00+05:30`.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.count <= 40, "Tt ".utf8.contains(bytes[10]),
      bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
      let date = LocalDate(String(decoding: bytes[0..<10], as: UTF8.self)),
      let hour = Int(digits: bytes[11..<13]), hour < 24,
      let minute = Int(digits: bytes[14..<16]), minute < 60,
      let second = Int(digits: bytes[17..<19]), second <= 60
    else { return nil }
    var rest = bytes[19...]
    var fraction: Int64 = 0
    if rest.first == UInt8(ascii: ".") {
      let digits = rest.dropFirst().prefix(while: \.isDigit)
      guard !digits.isEmpty, let value = Int(digits: digits.prefix(6)) else { return nil }
      fraction = Int64(value)
      for _ in min(digits.count, 6)..<6 { fraction *= 10 }
      rest = rest[digits.endIndex...]
    }
    let offset: Int
    if rest.count == 6, rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") {
      let start = rest.startIndex
      guard rest[start + 3] == UInt8(ascii: ":"),
        let hours = Int(digits: rest[start + 1..<start + 3]),
        let minutes = Int(digits: rest[start + 4..<start + 6]), hours < 24, minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * (rest.first == UInt8(ascii: "+") ? 60 : -60)
    } else if rest.elementsEqual("Z".utf8) || rest.elementsEqual("z".utf8) {
      offset = 0
    } else {
      return nil
    }
    let minuteOfDay = hour * 60 + minute - offset / 60
    // A leap second, which ends a day of UTC, is the first second of the next.
    if second == 60, (minuteOfDay + 1) % 1440 != 0 { return nil }
    let secondOfDay = minuteOfDay * 60 + second
    microseconds =
      Int64(date.days) * Self.microsecondsPerDay + Int64(secondOfDay) * 1_000_000 + fraction
  }
}

extension Instant: CustomStringConvertible {
  /// RFC 3339 in UTC, with as many decimals as needed: none, three or six.
  package var description: String { text.description }

  var text: DigitText {
    var day = microseconds / Self.microsecondsPerDay
    var rest = microseconds % Self.microsecondsPerDay
    if rest < 0 {
      day -= 1
      rest += Self.microsecondsPerDay
    }
    let second = Int(rest / 1_000_000)
    let fraction = Int(rest % 1_000_000)
    var text = DigitText()
    text.append(LocalDate(days: Int(day)))
    text.append("T", second / 3600, digits: 2)
    text.append(":", second / 60 % 60, digits: 2)
    text.append(":", second % 60, digits: 2)
    if fraction % 1000 > 0 {
      text.append(".", fraction, digits: 6)
    } else if fraction > 0 {
      text.append(".", fraction / 1000, digits: 3)
    }
    text.append("Z")
    return text
  }
}

extension Instant: Codable, JSONSchemaRepresentable {
  package static var jsonSchema: JSONSchema { .string(format: "date-time") }

  package init(from decoder: any Decoder) throws {
    guard let instant = Instant(try decoder.singleValueContainer().decode(String.self)) else {
      throw InvalidValue(
        reason: .malformed, message: "an instant that exists, as 2026-02-17T09:30:00Z")
    }
    self = instant
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Instant: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { PostgresTimestamp.postgresType }

  package func encode(into buffer: inout ParameterBuffer) {
    PostgresTimestamp(microseconds: microseconds).encode(into: &buffer)
  }

  package init(postgres value: PostgresValue) throws(PostgresError) {
    microseconds = try PostgresTimestamp(postgres: value).microseconds
  }
}
