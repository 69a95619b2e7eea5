import JSONRPC
import Testing

@testable import RPCServer

/// The state machine of one subscription alone.
struct SubscriberStateTests {
  @Test func publicationsFollowTheVersionThatTheClientHas() {
    var subscriber = Subscriber()
    subscriber.start(from: 17)
    subscriber.publish(17)
    subscriber.publish(18)
    subscriber.publish(18)
    subscriber.publish(19)
    #expect(subscriber.sent == ["18", "19"])
  }

  @Test func aGapIsASnapshotThatTellsHowManyAreMissing() {
    var subscriber = Subscriber()
    subscriber.start(from: 17)
    subscriber.publish(20)
    subscriber.publish(21)
    #expect(subscriber.sent == ["snapshot 20 missed 3", "21"])
  }

  @Test func nothingIsSentBeforeTheReplyAndThenWhatItsStateDoesNotHold() {
    var subscriber = Subscriber(isHeld: true)
    subscriber.publish(5)
    subscriber.publish(6)
    subscriber.publish(7)
    subscriber.start(from: 6)
    subscriber.publish(8)
    #expect(subscriber.sent == [])
    subscriber.release()
    #expect(subscriber.sent == ["7", "8"])
  }

  @Test func whatTheStateDoesNotHoldAndWasNotKeptIsASnapshot() {
    var subscriber = Subscriber(isHeld: true)
    subscriber.publish(9)
    subscriber.start(from: 6)
    subscriber.release()
    #expect(subscriber.sent == ["snapshot 9 missed 3"])
  }

  @Test func withoutAStartItFollowsFromTheFirst() {
    var subscriber = Subscriber(isHeld: true)
    subscriber.publish(9)
    subscriber.release()
    subscriber.publish(10)
    #expect(subscriber.sent == ["9", "10"])
  }

  @Test func aSlowReaderGetsWhatWasKept() {
    var subscriber = Subscriber()
    subscriber.start(from: 0)
    subscriber.isWritable = false
    subscriber.publish(1)
    subscriber.publish(2)
    #expect(subscriber.sent == [])
    subscriber.readAgain()
    subscriber.publish(3)
    #expect(subscriber.sent == ["1", "2", "3"])
  }

  @Test func aReaderThatIsTooSlowGetsOneSnapshot() {
    var subscriber = Subscriber(room: 100)
    subscriber.start(from: 0)
    subscriber.publish(1)
    subscriber.isWritable = false
    for version in 2...9 { subscriber.publish(Int64(version), size: 40) }
    #expect(subscriber.state.pendingBytes == 0)
    subscriber.readAgain()
    subscriber.publish(10)
    #expect(subscriber.sent == ["1", "snapshot 9 missed 8", "10"])
  }

  @Test func aReaderThatIsTooSlowForClosePolicyIsClosed() {
    var subscriber = Subscriber(overflow: .close, room: 100)
    subscriber.start(from: 0)
    subscriber.isWritable = false
    subscriber.publish(1, size: 60)
    #expect(!subscriber.isTooSlow)
    subscriber.publish(2, size: 60)
    #expect(subscriber.isTooSlow)
  }

  @Test func heldSubscriptionsAreNotTooSlow() {
    var subscriber = Subscriber(overflow: .close, isHeld: true, room: 100)
    subscriber.publish(1, size: 60)
    subscriber.publish(2, size: 60)
    subscriber.start(from: 0)
    subscriber.release()
    #expect(!subscriber.isTooSlow)
    #expect(subscriber.sent == ["snapshot 2 missed 2"])
  }

  @Test func anOverflowWhoseStateTheReplyHoldsIsForgotten() {
    var subscriber = Subscriber(isHeld: true, room: 100)
    subscriber.publish(1, size: 60)
    subscriber.publish(2, size: 60)
    subscriber.start(from: 2)
    subscriber.release()
    subscriber.publish(3)
    #expect(subscriber.sent == ["3"])
  }

  @Test func aPublishedSnapshotStandsForAllBeforeItAndResetsTheVersion() {
    var subscriber = Subscriber()
    subscriber.start(from: 250)
    subscriber.isWritable = false
    subscriber.publish(251)
    subscriber.publish(0, isSnapshot: true)
    subscriber.publish(1)
    subscriber.readAgain()
    subscriber.publish(2)
    #expect(subscriber.sent == ["0", "1", "2"])
  }

  @Test func aPublishedSnapshotEndsAnOverflow() {
    var subscriber = Subscriber(room: 100)
    subscriber.start(from: 0)
    subscriber.isWritable = false
    for version in 1...5 { subscriber.publish(Int64(version), size: 60) }
    subscriber.publish(0, isSnapshot: true)
    subscriber.readAgain()
    #expect(subscriber.sent == ["0"])
  }

  @Test func aDroppedSnapshotIsNotComparedWithTheVersionsBeforeIt() {
    var subscriber = Subscriber(room: 100)
    subscriber.start(from: 250)
    subscriber.isWritable = false
    subscriber.publish(0, size: 60, isSnapshot: true)
    subscriber.publish(1, size: 60)
    subscriber.publish(2, size: 60)
    subscriber.readAgain()
    subscriber.publish(3)
    #expect(subscriber.sent == ["snapshot 2 missed 3", "3"])
  }

  @Test func aGapAmongWhatWasKeptIsASnapshotOfTheNewest() {
    var subscriber = Subscriber()
    subscriber.start(from: 0)
    subscriber.isWritable = false
    for version in [1, 2, 5, 6, 7] as [Int64] { subscriber.publish(version) }
    subscriber.readAgain()
    subscriber.publish(8)
    #expect(subscriber.sent == ["1", "2", "snapshot 7 missed 5", "8"])
    #expect(subscriber.state.pendingBytes == 0)
  }

  /// The whole state is much larger than what is counted as pending.
  @Test func ofAllThatIsKeptTheNewestAloneHoldsTheWholeState() {
    final class Whole: Sendable {}
    final class Weak { weak var whole: Whole? }
    var subscriber = Subscriber()
    subscriber.start(from: 0)
    subscriber.isWritable = false
    let states = (1...50).map { version in
      let whole = Whole()
      subscriber.publish(Int64(version)) {
        _ = whole
        return Array("\(version)".utf8)
      }
      let weak = Weak()
      weak.whole = whole
      return weak
    }
    #expect(states.indices.filter { states[$0].whole != nil } == [49])
    subscriber.readAgain()
    #expect(subscriber.sent == (1...50).map(String.init))
    #expect(states[49].whole == nil)
  }

  @Test func aSnapshotThatMayBeNewerThanTheStateIsSent() {
    var subscriber = Subscriber(isHeld: true)
    subscriber.publish(0, isSnapshot: true)
    subscriber.publish(1)
    subscriber.start(from: 250)
    subscriber.release()
    #expect(subscriber.sent == ["0", "1"])
  }
}

/// Does by hand for a `SubscriberState` what a connection does.
private struct Subscriber {
  var state: SubscriberState
  var isWritable = true
  var sent: [String] = []
  var isTooSlow = false
  private let room: Int

  init(overflow: OverflowPolicy = .coalesce, isHeld: Bool = false, room: Int = 10_000) {
    state = SubscriberState(overflow: overflow, isHeld: isHeld)
    self.room = room
  }

  mutating func publish(
    _ version: Int64, size: Int = 10, isSnapshot: Bool = false,
    state whole: @escaping @Sendable () -> [UInt8] = { [] }
  ) {
    let publication = Publication(
      version: version, body: Array(repeating: UInt8(ascii: "x"), count: size),
      isSnapshot: isSnapshot, snapshot: whole)
    switch state.publish(
      publication, isWritable: isWritable, room: room - state.pendingBytes)
    {
    case .kept: break
    case .send(let notification): note(notification)
    case .tooSlow: isTooSlow = true
    }
  }

  mutating func start(from version: Int64) {
    state.start(from: version)
  }

  mutating func release() {
    state.release()
    readAgain()
  }

  mutating func readAgain() {
    isWritable = true
    while let notification = state.next() { note(notification) }
  }

  private mutating func note(_ notification: SubscriberState.Notification) {
    switch notification {
    case .publication(let publication): sent.append("\(publication.version)")
    case .snapshot(let publication, let missed):
      sent.append("snapshot \(publication.version) missed \(missed)")
    }
  }
}
