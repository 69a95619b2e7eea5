import JSONRPC

/// The rules for a birth date, beyond being a date.
enum BirthDate {
  static func check(_ date: LocalDate?, _ estimate: Years?, in clinic: Clinic) throws {
    guard let date else { return }
    if estimate != nil {
      throw ParamsError(
        reason: .invalid, field: "estimated_age",
        message: "either a birth date or an estimated age")
    }
    if date > clinic.calendar.today {
      throw ClinicError(.bornInFuture).with("field", "date_of_birth")
    }
    if date < LocalDate(year: 1850, month: 1, day: 1) ?? date {
      throw ParamsError(
        reason: .outOfRange, field: "date_of_birth", message: "1850 or later")
    }
  }
}
