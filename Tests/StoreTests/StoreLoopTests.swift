import Glibc
import StoreLoop
import Testing
import Threads

@Suite struct StoreLoopTests {
  @Test func workRunsInOrderOnTheLoop() async {
    let loop = StoreLoop(name: "test")
    let seen = Locked<[Int]>([])
    await withCheckedContinuation { continuation in
      for number in 0..<1_000 {
        loop.execute { seen.withLock { $0.append(loop.isOnLoop ? number : -1) } }
      }
      loop.execute { continuation.resume() }
    }
    #expect(seen.withLock { $0 } == Array(0..<1_000))
    #expect(!loop.isOnLoop)
    loop.shutdown()
  }

  @Test func tasksThatPreferTheLoopRunThere() async {
    let loop = StoreLoop(name: "test")
    let total = await withTaskGroup(of: Int.self) { group in
      for number in 1...100 {
        group.addTask(executorPreference: loop) {
          await Task.yield()
          return loop.isOnLoop ? number : 0
        }
      }
      return await group.reduce(0, +)
    }
    #expect(total == 5_050)
    loop.shutdown()
  }

  @Test func actorsMayLiveOnTheLoop() async {
    let loop = StoreLoop(name: "test")
    let resident = Resident(loop: loop)
    for _ in 0..<10 { #expect(await resident.isAtHome()) }
    #expect(await resident.visits == 10)
    loop.shutdown()
  }

  @Test func timersFireInOrderAndCancelledOnesDoNot() async {
    let loop = StoreLoop(name: "test")
    let fired = Locked<[Int]>([])
    await withCheckedContinuation { continuation in
      loop.execute {
        let timers = [5, 3, 9, 1, 7, 2, 8, 4, 6, 0].map { number in
          (
            number,
            loop.schedule(after: .milliseconds(20 * number)) {
              fired.withLock { $0.append(number) }
              if number == 9 { continuation.resume() }
            }
          )
        }
        for (number, timer) in timers where number.isMultiple(of: 2) { timer.cancel() }
      }
    }
    #expect(fired.withLock { $0 } == [1, 3, 5, 7, 9])
    loop.shutdown()
  }

  @Test func timerSetFromAnotherThreadShortensTheWait() async {
    let loop = StoreLoop(name: "test")
    let long = loop.schedule(after: .seconds(3_600)) {}
    await withCheckedContinuation { continuation in
      _ = loop.schedule(after: .milliseconds(1)) { continuation.resume() }
    }
    long.cancel()
    loop.shutdown()
  }

  @Test func descriptorsAreWatched() async {
    let loop = StoreLoop(name: "test")
    let ends = socketPair()
    let registration = Locked<Registration?>(nil)
    let answer: UInt8 = await withCheckedContinuation { continuation in
      loop.execute {
        let watching = loop.register(descriptor: ends.0, interest: .read) { readiness in
          #expect(readiness.contains(.readable))
          registration.withLock { $0?.cancel() }
          continuation.resume(returning: readByte(ends.0))
        }
        registration.withLock { $0 = watching }
        loop.execute { writeByte(42, to: ends.1) }
      }
    }
    #expect(answer == 42)
    let writable: Bool = await withCheckedContinuation { continuation in
      loop.execute {
        let watching = loop.register(descriptor: ends.0, interest: []) { readiness in
          registration.withLock { $0?.cancel() }
          continuation.resume(returning: readiness.contains(.writable))
        }
        registration.withLock { $0 = watching }
        watching.update(interest: .write)
      }
    }
    #expect(writable)
    loop.shutdown()
    close(ends.0)
    close(ends.1)
  }

  @Test func theEndOfTheOtherSideIsTold() async {
    let loop = StoreLoop(name: "test")
    let ends = socketPair()
    let registration = Locked<Registration?>(nil)
    let told: Readiness = await withCheckedContinuation { continuation in
      loop.execute {
        let watching = loop.register(descriptor: ends.0, interest: []) { readiness in
          registration.withLock { $0?.cancel() }
          continuation.resume(returning: readiness)
        }
        registration.withLock { $0 = watching }
        close(ends.1)
      }
    }
    #expect(told == .failed)
    loop.shutdown()
    close(ends.0)
  }

  @Test func manyDescriptorsAreWatchedAtOnce() async {
    let loop = StoreLoop(name: "test")
    let pairs = (0..<200).map { _ in socketPair() }
    let heard = Locked<Set<Int>>([])
    await withCheckedContinuation { continuation in
      loop.execute {
        for (number, ends) in pairs.enumerated() {
          _ = loop.register(descriptor: ends.0, interest: .read) { _ in
            _ = readByte(ends.0)
            let isLast = heard.withLock { heard in
              heard.insert(number)
              return heard.count == pairs.count
            }
            if isLast { continuation.resume() }
          }
        }
        for ends in pairs { writeByte(1, to: ends.1) }
      }
    }
    #expect(heard.withLock { $0.count } == pairs.count)
    loop.shutdown()
    for ends in pairs {
      close(ends.0)
      close(ends.1)
    }
  }

  @Test func whatAHandlerCancelsIsNotTold() async {
    let loop = StoreLoop(name: "test")
    let (first, second) = (socketPair(), socketPair())
    let told = Locked(0)
    await withCheckedContinuation { continuation in
      loop.execute {
        // Both are ready before the loop looks: whichever it tells first takes the other away, and
        // a new one gets the other's descriptor.
        let registrations = Locked<[Registration]>([])
        for descriptor in [first.0, second.0] {
          let watching = loop.register(descriptor: descriptor, interest: .read) { _ in
            told.withLock { $0 += 1 }
            for registration in registrations.withLock({ $0 }) { registration.cancel() }
            for descriptor in [first.0, second.0] {
              _ = loop.register(descriptor: descriptor, interest: []) { _ in
                told.withLock { $0 += 1 }
              }
            }
            // Two more looks at the sockets.
            _ = loop.schedule(after: .milliseconds(1)) {
              _ = loop.schedule(after: .milliseconds(1)) { continuation.resume() }
            }
          }
          registrations.withLock { $0.append(watching) }
        }
        writeByte(1, to: first.1)
        writeByte(1, to: second.1)
      }
    }
    #expect(told.withLock { $0 } == 1)
    loop.shutdown()
    for end in [first.0, first.1, second.0, second.1] { close(end) }
  }

  @Test func socketsAreServedWhileJobsKeepComing() async {
    let loop = StoreLoop(name: "test")
    let ends = socketPair()
    let done = Locked(false)
    await withCheckedContinuation { continuation in
      loop.execute {
        _ = loop.register(descriptor: ends.0, interest: .read) { _ in
          _ = readByte(ends.0)
          done.withLock { $0 = true }
        }
        respawn(on: loop, until: done) { continuation.resume() }
        writeByte(1, to: ends.1)
      }
    }
    #expect(done.withLock { $0 })
    loop.shutdown()
    close(ends.0)
    close(ends.1)
  }

  @Test func shutdownRunsWhatWasHandedOver() {
    let count = Locked(0)
    let loop = StoreLoop(name: "a name of more than fifteen bytes")
    for _ in 0..<100 { loop.execute { count.withLock { $0 += 1 } } }
    loop.shutdown()
    loop.shutdown()
    #expect(count.withLock { $0 } == 100)
  }
}

private actor Resident {
  private let loop: StoreLoop
  private(set) var visits = 0

  init(loop: StoreLoop) {
    self.loop = loop
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe loop.serialExecutor.asUnownedSerialExecutor()
  }

  func isAtHome() -> Bool {
    visits += 1
    assertIsolated()
    return loop.isOnLoop
  }
}

/// Hands the loop a job that hands it the next one, and so on.
private func respawn(
  on loop: StoreLoop, until done: Locked<Bool>, then finish: @escaping @Sendable () -> Void
) {
  loop.execute {
    done.withLock { $0 } ? finish() : respawn(on: loop, until: done, then: finish)
  }
}

private func socketPair() -> (Int32, Int32) {
  var ends: [Int32] = [-1, -1]
  let made = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
  #expect(made == 0)
  return (ends[0], ends[1])
}

private func readByte(_ descriptor: Int32) -> UInt8 {
  var byte: UInt8 = 0
  #expect(unsafe read(descriptor, &byte, 1) == 1)
  return byte
}

private func writeByte(_ byte: UInt8, to descriptor: Int32) {
  var byte = byte
  #expect(unsafe write(descriptor, &byte, 1) == 1)
}
