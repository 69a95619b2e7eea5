package import JSONRPC
package import Postgres

/// A time of the clinic's wall clock, to the minute: `09:30`. What ends with the day ends at `24:00`.
package struct TimeOfDay: Hashable, Comparable, Sendable {
  /// Minutes since midnight; 0 to 1440.
  package let minutes: Int

  package init(minutes: Int) {
    self.minutes = minutes
  }

  /// Takes `HH:MM` and nothing else.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = Int(digits: bytes[0..<2]),
      let minute = Int(digits: bytes[3..<5]), minute < 60, hour * 60 + minute <= 1440
    else { return nil }
    minutes = hour * 60 + minute
  }

  package static func < (a: Self, b: Self) -> Bool { a.minutes < b.minutes }
}

extension TimeOfDay: CustomStringConvertible {
  package var description: String { "\((minutes / 60).padded(2)):\((minutes % 60).padded(2))" }
}

extension TimeOfDay: Codable, JSONSchemaRepresentable {
  package static var jsonSchema: JSONSchema {
    .string(pattern: "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$").example("\"09:30\"")
  }

  package init(from decoder: any Decoder) throws {
    guard let time = TimeOfDay(try decoder.singleValueContainer().decode(String.self)) else {
      throw InvalidValue(reason: .malformed, message: "a time of day, as HH:MM")
    }
    self = time
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension TimeOfDay: PostgresEncodable, PostgresDecodable {
  package static var postgresType: PostgresType { PostgresTime.postgresType }

  package func encode(into buffer: inout ParameterBuffer) {
    PostgresTime(microseconds: Int64(minutes) * 60_000_000).encode(into: &buffer)
  }

  package init(postgres value: PostgresValue) throws(PostgresError) {
    minutes = Int(try PostgresTime(postgres: value).microseconds / 60_000_000)
  }
}
