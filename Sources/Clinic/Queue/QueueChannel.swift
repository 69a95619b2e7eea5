/// What a subscription follows: a fixed day or always today, in which view, and for which doctor.
struct QueueChannel: Sendable, Equatable {
  let date: LocalDate?
  let view: QueueView
  let doctor: ID<User>?

  init(date: LocalDate?, view: QueueView, doctor: ID<User>?) {
    self.date = date
    self.view = view
    self.doctor = doctor
  }

  /// `queue/today/board/all`, `queue/2026-02-17/staff/7`.
  var name: String {
    "queue/\(date?.description ?? "today")/\(view.rawValue)/\(doctor?.description ?? "all")"
  }

  init?(_ name: String) {
    let parts = name.split(separator: "/")
    guard parts.count == 4, parts[0] == "queue", let view = QueueView(rawValue: String(parts[2]))
    else { return nil }
    self.init(
      date: LocalDate(String(parts[1])), view: view,
      doctor: Int64(parts[3]).map(ID.init(rawValue:)))
  }
}
