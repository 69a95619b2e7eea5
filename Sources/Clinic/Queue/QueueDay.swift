/// One day of the queue and the rules by which its tokens move.
///
/// Pure: it decides, `QueueLane` writes. Whoever changes a day holds its row in PostgreSQL and has
/// brought this value up to that row's version, so what is decided here is decided on the truth.
package struct QueueDay: Sendable {
  package let date: LocalDate
  package let rules: QueueRules
  package private(set) var version: Int64 = 0
  package private(set) var lastNumber = 0
  package var isClosed = false

  /// Token n stands at index n − 1: numbers have no gap (rule 14).
  package private(set) var tokens: [QueueToken] = []
  /// The waiting tokens in the order in which they will be served.
  private(set) var waiting = WaitingLine()
  private(set) var figures = ConsultationFigures()
  private var liveByPatient: [ID<Patient>: Int] = [:]
  private var servingByDoctor: [ID<User>: Int] = [:]
  /// The latest time that any token tells of.
  private var latest = Instant(microseconds: 0)

  package init(date: LocalDate, rules: QueueRules) {
    self.date = date
    self.rules = rules
  }
}

// MARK: - Looking

extension QueueDay {
  package func token(_ number: Int) throws(ClinicError) -> QueueToken {
    guard number >= 1, number <= tokens.count else {
      throw .notFound("token", TokenName(date: date, number: number).description)
    }
    return tokens[number - 1]
  }

  package func liveToken(of patient: ID<Patient>) -> QueueToken? {
    liveByPatient[patient].map { tokens[$0 - 1] }
  }

  package func token(servedBy doctor: ID<User>) -> QueueToken? {
    servingByDoctor[doctor].map { tokens[$0 - 1] }
  }

  /// The tokens now with a doctor, the one called last at the end.
  package var serving: [QueueToken] {
    servingByDoctor.values.map { (since: tokens[$0 - 1].servedSince, number: $0) }.sorted(by: <)
      .map { tokens[$0.number - 1] }
  }

  /// The next tokens to be served, for everybody or for one doctor (own and unassigned ones).
  package func next(_ limit: Int, for doctor: ID<User>? = nil) -> [QueueToken] {
    var found: [QueueToken] = []
    for place in waiting where mayBeCalled(place, by: doctor) {
      found.append(tokens[place.number - 1])
      if found.count == limit { break }
    }
    return found
  }

  package func waitingCount(for doctor: ID<User>? = nil) -> Int {
    guard let doctor else { return waiting.count }
    return waiting.count { mayBeCalled($0, by: doctor) }
  }

  private func mayBeCalled(_ place: Place, by doctor: ID<User>?) -> Bool {
    tokens[place.number - 1].isOpen(to: doctor)
  }

  /// How many minutes somebody who arrives now will wait (rule 23); `nil` while nothing tells it.
  package func estimatedWaitMinutes(for doctor: ID<User>? = nil, at now: Instant) -> Int? {
    figures.estimatedWaitMinutes(ahead: waitingCount(for: doctor), of: doctor, at: now)
  }
}

// MARK: - Moving

extension QueueDay {
  /// Gives a patient the next number.
  package mutating func arrive(
    _ patient: ID<Patient>, named name: String, for doctor: ID<User>?, priority: Priority,
    appointment: ID<Appointment>? = nil, dueAt: Instant? = nil, at now: Instant
  ) throws(ClinicError) -> QueueChange {
    try requireOpen()
    if let token = liveToken(of: patient) {
      throw ClinicError(.alreadyInQueue).with("token", token.token.description)
    }
    return commit([
      QueueToken(
        date: date, number: lastNumber + 1, patientID: patient, patientName: name,
        doctorID: doctor, priority: priority, arrivedAt: now, appointmentID: appointment,
        dueAt: dueAt)
    ])
  }

  /// Sends the next patient to a doctor: one of the doctor's own or an unassigned one, by priority
  /// and arrival, so that nobody is passed over more often than the rules allow.
  package mutating func callNext(
    for doctor: ID<User>, at now: Instant
  ) throws(ClinicError) -> QueueChange {
    try requireOpen()
    try requireFree(doctor)
    guard let token = next(1, for: doctor).first else { throw ClinicError(.queueEmpty) }
    return call(token, to: doctor, at: now)
  }

  /// Sends a waiting token to a doctor, and counts the tokens that are passed over by that.
  private mutating func call(
    _ token: QueueToken, to doctor: ID<User>, at now: Instant
  ) -> QueueChange {
    var passedOver: [Int] = []
    var waitedOut: [Int] = []
    let stands = (token.standsSince(under: rules), token.number)
    for place in waiting where place.number != token.number && mayBeCalled(place, by: doctor) {
      if place.isHeld {
        waitedOut.append(place.number)
      } else if (place.since, place.number) < stands {
        passedOver.append(place.number)
      }
    }
    var called = token
    called.status = .withDoctor
    called.doctorID = doctor
    called.calledAt = now
    called.callsToWait = nil
    return commit([called], passedOver: passedOver, waitedOut: waitedOut)
  }

  /// Moves a token along one of the listed transitions. To WITH_DOCTOR it goes to the named doctor,
  /// otherwise to its own doctor, otherwise to the doctor who calls.
  ///
  /// - Parameter mayServe: whether a user is still a doctor.
  package mutating func setStatus(
    of number: Int, to status: TokenStatus, with named: ID<User>? = nil,
    by calling: ID<User>? = nil, mayServe: (ID<User>) -> Bool = { _ in true }, at now: Instant
  ) throws(ClinicError) -> QueueChange {
    try requireOpen()
    var token = try token(number)
    guard token.status.mayBecome(status) else {
      throw ClinicError(.invalidTransition).with("from", token.status.rawValue)
        .with("to", status.rawValue)
    }
    switch status {
    case .withDoctor:
      guard let doctor = named ?? token.doctorID ?? calling else {
        throw ClinicError(.doctorRequired).with("field", "doctor_id")
      }
      guard mayServe(doctor) else { throw ClinicError(.notADoctor).with("id", doctor) }
      try requireFree(doctor)
      return call(token, to: doctor, at: now)
    case .waiting:
      if token.status == .skipped { token.callsToWait = rules.recallAfter }
      token.calledAt = nil
    case .skipped: break
    case .completed, .cancelled, .noShow: token.endedAt = now
    }
    token.status = status
    return commit([token])
  }

  /// Brings a skipped token back to the line (rule 20).
  package mutating func recall(_ number: Int, at now: Instant) throws(ClinicError) -> QueueChange {
    try requireOpen()
    let status = try token(number).status
    guard status == .skipped else {
      throw ClinicError(.invalidTransition).with("from", status.rawValue)
        .with("to", TokenStatus.waiting.rawValue)
    }
    return try setStatus(of: number, to: .waiting, at: now)
  }

  /// Brings a token back from a final state: a completed one to its doctor, others to the line. If
  /// its doctor no longer is one, it waits for everybody.
  package mutating func undo(
    _ number: Int, mayServe: (ID<User>) -> Bool = { _ in true }
  ) throws(ClinicError) -> QueueChange {
    try requireOpen()
    var token = try token(number)
    guard !token.status.isLive else {
      throw ClinicError(.invalidTransition).with("from", token.status.rawValue)
    }
    if let other = liveToken(of: token.patientID) {
      throw ClinicError(.alreadyInQueue).with("token", other.token.description)
    }
    if let doctor = token.doctorID, !mayServe(doctor) { token.doctorID = nil }
    if token.status == .completed, let doctor = token.doctorID {
      try requireFree(doctor)
      token.status = .withDoctor
    } else {
      token.status = .waiting
      token.calledAt = nil
    }
    token.endedAt = nil
    token.autoClosed = false
    return commit([token])
  }

  /// Ends one doctor's assignment and starts the next one's in one step (rule 22).
  package mutating func transfer(
    _ number: Int, to doctor: ID<User>
  ) throws(ClinicError) -> QueueChange {
    try requireOpen()
    var token = try requireLive(number)
    guard token.doctorID != doctor else { throw ClinicError(.sameDoctor) }
    token.doctorID = doctor
    if token.status == .withDoctor {
      token.status = .waiting
      token.calledAt = nil
    }
    return commit([token])
  }

  package mutating func setPriority(
    of number: Int, to priority: Priority
  ) throws(ClinicError) -> QueueChange {
    try requireOpen()
    var token = try requireLive(number)
    token.priority = priority
    return commit([token])
  }

  /// Follows a patient's new name, also on tokens that have ended: `undo` may bring them back.
  /// `nil` when there is no token to change.
  package mutating func rename(_ patient: ID<Patient>, to name: String) -> QueueChange? {
    guard !isClosed else { return nil }
    var renamed = tokens.filter { $0.patientID == patient && $0.patientName != name }
    guard !renamed.isEmpty else { return nil }
    for index in renamed.indices { renamed[index].patientName = name }
    return commit(renamed.filter(\.status.isLive) + renamed.filter { !$0.status.isLive })
  }

  /// Gives tokens to another patient: when two records of one person are merged, or parted again.
  package mutating func reassign(
    _ numbers: Set<Int>, to patient: ID<Patient>, named name: String
  ) -> QueueChange? {
    var moved = tokens.filter { numbers.contains($0.number) }
    guard !isClosed, !moved.isEmpty else { return nil }
    for index in moved.indices {
      moved[index].patientID = patient
      moved[index].patientName = name
    }
    return commit(moved)
  }

  /// Closes the day (rule 16): patients who still wait did not show, those who are with a doctor
  /// are done.
  package mutating func close(at now: Instant) -> QueueChange? {
    guard !isClosed else { return nil }
    var ended = tokens.filter(\.status.isLive)
    for index in ended.indices {
      ended[index].status = ended[index].status == .withDoctor ? .completed : .noShow
      ended[index].autoClosed = true
      ended[index].endedAt = now
    }
    defer { isClosed = true }
    return commit(ended)
  }

  private func requireOpen() throws(ClinicError) {
    if isClosed { throw ClinicError(.dayClosed).with("date", date.description) }
  }

  private func requireLive(_ number: Int) throws(ClinicError) -> QueueToken {
    let token = try token(number)
    guard token.status.isLive else {
      throw ClinicError(.invalidTransition).with("from", token.status.rawValue)
    }
    return token
  }

  /// A doctor serves one token at a time (rule 18), and no consultation ends silently.
  private func requireFree(_ doctor: ID<User>) throws(ClinicError) {
    if let token = token(servedBy: doctor) {
      throw ClinicError(.alreadyServing).with("token", token.token.description)
    }
  }
}

// MARK: - Following

extension QueueDay {
  /// The time of the next step. After the clock was set back, the day's own time stands still until
  /// the clock has caught up, for an hour at most, so that nobody overtakes those who came first.
  func moment(by clock: Instant) -> Instant {
    latest.microseconds - clock.microseconds < 3_600_000_000 ? max(clock, latest) : clock
  }

  /// Takes over tokens as the store holds them.
  package mutating func load(_ stored: [QueueToken], version: Int64) {
    for token in stored.sorted(by: { $0.number < $1.number }) { put(token) }
    self.version = version
  }

  /// Repeats a step that was decided elsewhere. The step must be the next one.
  package mutating func follow(_ change: QueueChange) {
    for number in change.passedOver {
      guard var token = try? token(number) else { continue }
      token.passedOver += 1
      put(token)
    }
    for number in change.waitedOut {
      guard var token = try? token(number) else { continue }
      token.callsToWait = token.callsToWait.map { max(0, $0 - 1) }
      put(token)
    }
    for token in change.tokens { put(token) }
    version = change.version
  }

  private mutating func commit(
    _ moved: [QueueToken], passedOver: [Int] = [], waitedOut: [Int] = []
  ) -> QueueChange {
    let change = QueueChange(
      version: version + 1, tokens: moved, passedOver: passedOver, waitedOut: waitedOut)
    follow(change)
    return change
  }

  private mutating func put(_ token: QueueToken) {
    if let before = try? self.token(token.number) {
      forget(before)
      tokens[token.number - 1] = token
    } else {
      // What a store tells otherwise is no token of this day.
      guard token.number == tokens.count + 1 else { return }
      tokens.append(token)
      lastNumber = token.number
    }
    if token.status.isLive { liveByPatient[token.patientID] = token.number }
    switch token.status {
    case .waiting: waiting.insert(Place(of: token, under: rules))
    case .withDoctor: if let doctor = token.doctorID { servingByDoctor[doctor] = token.number }
    default: break
    }
    figures.add(token)
    latest = max(latest, token.latest)
  }

  private mutating func forget(_ token: QueueToken) {
    if liveByPatient[token.patientID] == token.number { liveByPatient[token.patientID] = nil }
    switch token.status {
    case .waiting: waiting.remove(token.number)
    case .withDoctor:
      if let doctor = token.doctorID, servingByDoctor[doctor] == token.number {
        servingByDoctor[doctor] = nil
      }
    default: break
    }
    figures.remove(token)
  }
}

extension QueueToken {
  fileprivate var servedSince: Instant { calledAt ?? arrivedAt }
  fileprivate var latest: Instant { max(arrivedAt, calledAt ?? arrivedAt, endedAt ?? arrivedAt) }
}
