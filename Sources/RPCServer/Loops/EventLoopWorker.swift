import JSONRPC
import NIOCore
import Synchronization

/// One event loop and what other threads have to tell it.
///
/// Messages are handled in the order they were posted, many at a wake-up, and each connection is
/// flushed once for all of them.
final class EventLoopWorker: Sendable {
  let index: Int
  let eventLoop: any EventLoop
  let counters = LoopCounters()
  private let loop: NIOLoopBoundBox<LoopConnections>

  private struct Inbox {
    var messages: [LoopMessage] = []
    var isScheduled = false
    var isStopped = false
  }
  private let inbox = Mutex(Inbox())

  init(index: Int, eventLoop: any EventLoop, core: ServerCore) {
    self.index = index
    core.add(counters)
    self.eventLoop = eventLoop
    self.loop = NIOLoopBoundBox.makeBoxSendingValue(
      LoopConnections(eventLoop: eventLoop, core: core, counters: counters), eventLoop: eventLoop)
  }

  /// What may be used only on the event loop.
  var connections: LoopConnections { loop.value }

  func post(_ message: LoopMessage) {
    let mustWake = inbox.withLock { inbox in
      if inbox.isStopped { return false }
      inbox.messages.append(message)
      defer { inbox.isScheduled = true }
      return !inbox.isScheduled
    }
    if mustWake { eventLoop.execute { self.handleMessages() } }
  }

  /// The event loop is about to end: messages posted from now on are dropped.
  func stop() {
    inbox.withLock { $0.isStopped = true }
  }

  private func handleMessages() {
    let messages = inbox.withLock { inbox in
      inbox.isScheduled = false
      var taken: [LoopMessage] = []
      swap(&taken, &inbox.messages)
      return taken
    }
    let connections = loop.value
    for (index, message) in messages.enumerated() {
      connections.handle(message, before: messages[(index + 1)...])
    }
    connections.flush()
  }
}
