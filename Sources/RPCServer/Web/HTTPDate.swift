/// The time of an answer, as HTTP writes it. Keeps the text of the present second.
struct HTTPDate {
  private var second = 0
  private var text = HTTPDate.text(ofSecond: 0)

  var now: String {
    mutating get {
      let now = SystemCalls.wallSecond
      if now != second { (second, text) = (now, Self.text(ofSecond: now)) }
      return text
    }
  }

  /// - Parameter second: seconds since 1970.
  static func text(ofSecond second: Int) -> String {
    // Days since 1 March 2000, with which 400 years begin that have as many days as any others.
    let days = second / 86_400 - 11_017
    var (era, day) = (days / 146_097, days % 146_097)
    if day < 0 { (era, day) = (era - 1, day + 146_097) }
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * year + year / 4 - year / 100)
    let month = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
    let time = [second / 3_600 % 24, second / 60 % 60, second % 60].map(twoDigits)
    return "\(weekdays[second / 86_400 % 7]), \(twoDigits(dayOfMonth)) \(months[month]) "
      + "\(2_000 + era * 400 + year + (month > 9 ? 1 : 0)) \(time.joined(separator: ":")) GMT"
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  /// Beginning with the weekday of 1 January 1970.
  private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  /// Beginning with March, so that a leap day is the last of its year.
  private static let months = [
    "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb",
  ]
}
