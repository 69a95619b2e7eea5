import JSONRPC
import RPCClient
import Synchronization
import TestSupport
import Testing

/// A day in the clinic as its people work on it: everybody at a connection of his or her own, half
/// of them at each instance, as fast as it goes.
final class DayInTheClinic: Sendable {
  struct Doctor: Sendable {
    let id: Int
    let worker: DayWorker
    /// Free times of today, in order.
    let slots: [Int]
  }
  /// A patient in the house, who waits to be told that the doctor is done.
  struct Guest: Sendable {
    let patient: DayPatient
    let isSeen: AsyncStream<Seen>.Continuation
  }
  /// What a doctor leaves behind.
  struct Seen: Sendable {
    let patient: Int
    let visit: Int
    let prescription: Int?
  }
  let clinic: TestClinic
  let desks: DayCrew
  let pharmacists: DayCrew
  /// Each patient keeps to one of them: a kiosk allows thirty look-ups a minute.
  let kiosks: [DayCrew]
  let doctors: [Doctor]
  let medicines: [Int]
  /// How often each method was answered how.
  let notes: Tally<[String: Int]>
  /// What was taken and given back, in cents.
  let taken = Tally(0)
  private let state = Mutex(State())

  private struct State {
    var guests: [Int: Guest] = [:]
    var metBefore: Set<Int> = []
    /// Patients whom no doctor is to expect any more.
    var settled = 0
    var changes = 0
  }

  /// - Parameter medicines: their ids; the first one is of the class that some are allergic to.
  init(
    in clinic: TestClinic, desks: [DayWorker], pharmacists: [DayWorker], kiosks: [DayWorker],
    doctors: [Doctor], medicines: [Int], notes: Tally<[String: Int]>
  ) {
    self.clinic = clinic
    self.desks = DayCrew(desks)
    self.pharmacists = DayCrew(pharmacists)
    self.kiosks = kiosks.map { DayCrew([$0]) }
    self.doctors = doctors
    self.medicines = medicines
    self.notes = notes
  }

  /// Everybody comes, is seen, pays, gets the medicines and goes.
  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for patient in DayPatient.all { group.addTask { try await self.visit(by: patient) } }
      for doctor in doctors { group.addTask { try await self.work(doctor) } }
      try await group.waitForAll()
    }
  }

  /// One patient's way, from the door to the door.
  private func visit(by patient: DayPatient) async throws {
    guard let arrival = try await arrive(patient) else { return settle() }
    if let status = patient.leavesAs, try await leave(arrival.token, as: status) {
      return settle()
    }
    for await seen in arrival.seen {
      try await pay(patient, seen)
    }
    try Task.checkCancellation()
  }

  /// The desk notes that somebody has left, unless a doctor was faster.
  private func leave(_ token: JSON, as status: String) async throws -> Bool {
    try await desks.serve { desk in
      let outcome = try await desk.outcome(
        "queue.set_status", ["token": token, "status": .string(status)])
      #expect(["ok", "invalid_transition"].contains(outcome.reason))
      return outcome.reason == "ok"
    }
  }

  // MARK: - Who is in the house

  /// Before the patient has a token, so that whoever calls it knows whose it is.
  func expect(_ patient: DayPatient, _ id: Int) -> AsyncStream<Seen> {
    let (stream, isSeen) = AsyncStream<Seen>.makeStream()
    state.withLock { $0.guests[id] = Guest(patient: patient, isSeen: isSeen) }
    return stream
  }

  func guest(_ id: Int) -> Guest? { state.withLock { $0.guests[id] } }

  /// Whether a doctor calls this patient for the first time.
  func meets(_ id: Int) -> Bool { state.withLock { $0.metBefore.insert(id).inserted } }

  func settle() {
    state.withLock {
      $0.settled += 1
      $0.changes += 1
    }
  }

  /// The line has changed: doctors who found nobody look again.
  func changed() { state.withLock { $0.changes += 1 } }

  var changes: Int { state.withLock(\.changes) }
  var isOver: Bool { state.withLock { $0.settled == DayPatient.all.count } }
}
