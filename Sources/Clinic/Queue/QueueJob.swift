import JSONRPC
import Synchronization

/// A queue command on its way through the lane.
final class QueueJob: Sendable {
  typealias Step =
    @Sendable (
      inout QueueDay, Instant, QueueRows, StaffDirectory
    ) throws -> (change: QueueChange?, reply: [UInt8])

  let date: LocalDate?
  let patient: ID<Patient>?
  let appointment: ID<Appointment>?
  let visitor: VisitorToken?
  let claim: IdempotencyClaim?
  let entry: @Sendable (Result<[UInt8], any Error>) -> AuditEntry?
  let apply: Step
  let context = CallContext.current

  private enum Phase {
    case waiting, decided, cancelled
  }
  private let phase = Mutex(Phase.waiting)
  private let promise = Promise<Result<[UInt8], any Error>>()

  init(
    date: LocalDate?, patient: ID<Patient>? = nil, appointment: ID<Appointment>? = nil,
    visitor: VisitorToken? = nil, claim: IdempotencyClaim? = nil,
    entry: @escaping @Sendable (Result<[UInt8], any Error>) -> AuditEntry?,
    apply: @escaping Step
  ) {
    self.date = date
    self.patient = patient
    self.appointment = appointment
    self.visitor = visitor
    self.claim = claim
    self.entry = entry
    self.apply = apply
  }

  /// Waits until the job is finished.
  func outcome() async -> Result<[UInt8], any Error> { await promise.value() }

  var isFinished: Bool { promise.isFulfilled }

  /// Called when the day is locked. False for a job whose caller no longer waits: that one is left
  /// out.
  func mayDecide() -> Bool {
    !isFinished
      && phase.withLock { phase in
        guard phase != .cancelled else { return false }
        phase = .decided
        return true
      }
  }

  /// A job that waits for its turn or for the day's lock ends at once. A job that is being written
  /// ends with its batch, or at its deadline, when nobody can tell the outcome yet.
  func cancel() {
    let isInTime = phase.withLock { phase in
      guard phase == .waiting else { return false }
      phase = .cancelled
      return true
    }
    if isInTime {
      finish(.failure(CancellationError()))
    } else if context?.cancellation == .deadline {
      finish(.failure(ClinicError(.outcomeUnknown)))
    }
  }

  func finish(_ outcome: Result<[UInt8], any Error>) {
    promise.fulfil(outcome)
  }
}
