import JSONRPC
import Postgres

/// The working hours that slots are made of: equal slots from `start` on, until `end`. A slot that
/// would run into a break is left out.
package struct SlotPlan: Sendable, Equatable {
  package var from: LocalDate
  package var to: LocalDate
  package var weekdays: Set<Weekday>
  package var start: TimeOfDay
  package var end: TimeOfDay
  package var minutes: Int
  package var breaks: [Break]

  package var dates: [LocalDate] {
    (from.days...max(from.days, to.days)).map(LocalDate.init(days:))
      .filter { weekdays.contains(Weekday(of: $0)) }
  }

  package var startTimes: [TimeOfDay] {
    stride(from: start.minutes, through: end.minutes - minutes, by: minutes)
      .filter { minute in
        !breaks.contains { minute < $0.end.minutes && $0.start.minutes < minute + minutes }
      }
      .map(TimeOfDay.init(minutes:))
  }

  package var endTimes: [TimeOfDay] {
    startTimes.map { TimeOfDay(minutes: $0.minutes + minutes) }
  }
}

/// A day of the week on which a doctor has slots.
package enum Weekday: String, Codable, CaseIterable, Sendable, JSONSchemaRepresentable {
  case monday = "MON"
  case tuesday = "TUE"
  case wednesday = "WED"
  case thursday = "THU"
  case friday = "FRI"
  case saturday = "SAT"
  case sunday = "SUN"

  package init(of date: LocalDate) {
    // 1 January 1970 was a Thursday.
    let index = (date.days % 7 + 7 + 3) % 7
    self = Self.allCases[index]
  }
}

/// A time when nobody is seen. Its end is exclusive.
package struct Break: Codable, Sendable, Equatable {
  package let start: TimeOfDay
  package let end: TimeOfDay

  package init(start: TimeOfDay, end: TimeOfDay) {
    self.start = start
    self.end = end
  }
}

/// The breaks of a day: up to 20.
package struct Breaks: BoundedList {
  package let rawValue: [Break]
  package init(rawValue: [Break]) { self.rawValue = rawValue }
  package static let counts = 0...20

  package static func checked(_ breaks: [Break]) throws -> [Break] {
    guard breaks.allSatisfy({ $0.start < $0.end }) else {
      throw InvalidValue(reason: .invalid, message: "a break starts before it ends")
    }
    return breaks
  }
}

/// How long a slot is: 5 to 480 minutes.
package struct SlotMinutes: BoundedInteger {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }
  package static let bounds: ClosedRange<Int32> = 5...480
}
