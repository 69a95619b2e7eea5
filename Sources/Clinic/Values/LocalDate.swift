package import JSONRPC
package import Postgres

/// A day of the calendar, in no time zone: a birth date, the date of a queue.
package struct LocalDate: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01.
  package let days: Int

  package init(days: Int) {
    self.days = days
  }

  /// `nil` for a day that does not exist, such as 30 February.
  package init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= Self.length(of: month, in: year)
    else { return nil }
    // Counted from 1 March, so that a leap day is the last of its year.
    let y = month <= 2 ? year - 1 : year
    let m = month <= 2 ? month + 9 : month - 3
    let era = y / 400
    let yearOfEra = y % 400
    let dayOfYear = (153 * m + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    days = era * 146_097 + dayOfEra - 719_468
  }

  /// Takes `YYYY-MM-DD` and nothing else.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else {
      return nil
    }
    guard let year = Int(digits: bytes[0..<4]), let month = Int(digits: bytes[5..<7]),
      let day = Int(digits: bytes[8..<10])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  package var parts: (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let m = (5 * dayOfYear + 2) / 153
    let month = m < 10 ? m + 3 : m - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * m + 2) / 5 + 1)
  }

  package static func < (a: Self, b: Self) -> Bool { a.days < b.days }

  package func adding(days count: Int) -> LocalDate { LocalDate(days: days + count) }

  /// This day in another year; for a leap day, in a year without one, the day before.
  package func adding(years count: Int) -> LocalDate {
    let (year, month, day) = parts
    return LocalDate(year: year + count, month: month, day: day)
      ?? LocalDate(year: year + count, month: month, day: day - 1) ?? self
  }

  private static func length(of month: Int, in year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension LocalDate: CustomStringConvertible {
  package var description: String { text.description }

  var text: DigitText {
    var text = DigitText()
    text.append(self)
    return text
  }
}

extension LocalDate: Codable, JSONSchemaRepresentable {
  package static var jsonSchema: JSONSchema { .string(format: "date") }

  package init(from decoder: any Decoder) throws {
    guard let date = LocalDate(try decoder.singleValueContainer().decode(String.self)) else {
      throw InvalidValue(reason: .malformed, message: "a date that exists, as YYYY-MM-DD")
    }
    self = date
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension LocalDate: PostgresEncodable, PostgresDecodable {
  /// PostgreSQL counts from 2000-01-01.
  private static let epochShift = 10_957

  package static var postgresType: PostgresType { PostgresDate.postgresType }

  package func encode(into buffer: inout ParameterBuffer) {
    PostgresDate(days: Int32(clamping: days - Self.epochShift)).encode(into: &buffer)
  }

  package init(postgres value: PostgresValue) throws(PostgresError) {
    self.init(try PostgresDate(postgres: value))
  }

  init(_ date: PostgresDate) {
    self.init(days: Int(date.days) + Self.epochShift)
  }
}
