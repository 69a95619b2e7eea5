import CEpoll
import Glibc

/// Waits until descriptors are ready, or until its waker wakes it. Belongs to one thread.
@safe final class Poller {
  /// How many descriptors one wait tells of; the next one tells of the others.
  private static let eventsAtOnce = 64

  private let epoll: Int32
  let waker: Waker
  /// What is watched, by numbers that are not given twice: what the system tells of a descriptor
  /// never reaches a later one under the same number.
  private var registrations: [UInt64: Registration] = [:]
  private var lastNumber: UInt64 = 0
  private var events = unsafe [epoll_event](repeating: epoll_event(), count: eventsAtOnce)

  init() {
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    waker = Waker(descriptor: eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)))
    precondition(epoll >= 0 && waker.descriptor >= 0, "No descriptor is left for the loop.")
    // Each write is news of its own, so that nobody has to read what was written.
    control(EPOLL_CTL_ADD, waker.descriptor, EPOLLIN.rawValue | EPOLLET.rawValue, number: 0)
  }

  deinit {
    close(waker.descriptor)
    close(epoll)
  }

  func add(_ registration: Registration) {
    lastNumber += 1
    registration.number = lastNumber
    registrations[lastNumber] = registration
    control(
      EPOLL_CTL_ADD, registration.descriptor, registration.interest.events, number: lastNumber)
  }

  func update(_ registration: Registration) {
    guard let number = registration.number else { return }
    control(
      EPOLL_CTL_MOD, registration.descriptor, registration.interest.events, number: number)
  }

  func remove(_ registration: Registration) {
    guard let number = registration.number else { return }
    registration.number = nil
    registrations[number] = nil
    control(EPOLL_CTL_DEL, registration.descriptor, 0, number: number)
  }

  /// - Parameter milliseconds: how long to wait; -1 for as long as it takes.
  /// - Returns: how many descriptors are ready.
  func wait(milliseconds: Int32) -> Int {
    Int(unsafe epoll_wait(epoll, &events, Int32(events.count), milliseconds))
  }

  func callHandlers(ofFirst count: Int) {
    for index in 0..<max(0, count) {
      let (number, ready) = unsafe (events[index].data.u64, events[index].events)
      // Handlers may cancel: what is not watched any more is not there.
      registrations[number]?.handler?(Readiness(events: ready))
    }
  }

  private func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32, number: UInt64) {
    var event = unsafe epoll_event(events: events, data: epoll_data_t(u64: number))
    let outcome = unsafe epoll_ctl(epoll, operation, descriptor, &event)
    // What is not watched would never be heard of. Changing and removing fail only for what its
    // owner has closed already.
    precondition(outcome == 0 || operation != EPOLL_CTL_ADD, "A descriptor cannot be watched.")
  }
}

/// Ends a wait of its poller, the present one or the next, from any thread. Lives no longer than the
/// poller.
struct Waker: Sendable {
  fileprivate let descriptor: Int32

  func wake() { _ = eventfd_write(descriptor, 1) }
}

extension Interest {
  fileprivate var events: UInt32 {
    (contains(.read) ? EPOLLIN.rawValue : 0) | (contains(.write) ? EPOLLOUT.rawValue : 0)
  }
}

extension Readiness {
  fileprivate init(events: UInt32) {
    self = []
    if events & EPOLLIN.rawValue != 0 { insert(.readable) }
    if events & EPOLLOUT.rawValue != 0 { insert(.writable) }
    if events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { insert(.failed) }
  }
}
