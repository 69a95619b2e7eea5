import JSONRPC
import Logging
import NIOSSL
import Synchronization

/// What the connections of a server share.
final class ServerCore: Sendable {
  let application: any Application
  let executor: any TaskExecutor
  let limits: Limits
  let logger: Logger
  let hub: SubscriptionHub
  let admission = Admission()
  /// Memory of incomplete messages.
  let input = MemoryBudget(free: 4_096)
  /// Memory of replies that unauthenticated connections have not taken.
  let unreadOfStrangers = MemoryBudget(free: 0)
  /// Memory of replies that the others have not taken.
  let unreadOfKnown = MemoryBudget(free: 65_536)
  let pages = Pages()
  let calls: CallMetrics
  /// Open when a drain has nothing left to wait for.
  let idle = Latch()

  private let counters = Mutex<[LoopCounters]>([])
  private let tlsContext = Mutex<NIOSSLContext?>(nil)
  private let webConfiguration: Mutex<WebConfiguration>
  private let sessions = Atomic<UInt64>(0)
  private let callNumbers: Atomic<UInt64>

  init(
    application: any Application, limits: Limits, web: WebConfiguration, logger: Logger,
    hub: SubscriptionHub
  ) {
    self.application = application
    calls = CallMetrics(methods: application.methodNames)
    self.executor = application.executor
    self.limits = limits
    webConfiguration = Mutex(web)
    self.logger = logger
    self.hub = hub
    // Another start for each process, so that the numbers in old logs are not used again.
    self.callNumbers = Atomic(UInt64.random(in: 0...UInt64.max))
  }

  /// Replaced at a reload.
  var web: WebConfiguration {
    get { webConfiguration.withLock { $0 } }
    set { webConfiguration.withLock { $0 = newValue } }
  }

  /// The TLS context for connections that come from now on; nil when there is no TLS.
  var tls: NIOSSLContext? {
    get { tlsContext.withLock { $0 } }
    set { tlsContext.withLock { $0 = newValue } }
  }

  func add(_ counters: LoopCounters) {
    self.counters.withLock { $0.append(counters) }
  }

  /// Makes room for a connection. A trusted proxy carries many clients, so only the total limits
  /// it.
  func admit(_ transport: Transport) -> Admission.Answer {
    var limits = limits
    if let address = transport.address, web.proxies.contains(address) {
      limits.connectionsPerPeer = limits.connections
    }
    return admission.admit(transport, limits: limits)
  }

  /// A figure of all event loops together.
  func sum(_ figure: (LoopCounters) -> Int) -> Int {
    counters.withLock { $0.reduce(0) { $0 + figure($1) } }
  }

  /// No connection is open and no call runs.
  var isIdle: Bool {
    guard admission.statistics.connections == 0 else { return false }
    return counters.withLock { counters in
      counters.allSatisfy { $0.tasks.value == 0 }
    }
  }

  func nextSessionID() -> UInt64 {
    sessions.wrappingAdd(1, ordering: .relaxed).newValue
  }

  func nextCallNumber() -> UInt64 {
    callNumbers.wrappingAdd(1, ordering: .relaxed).newValue
  }
}
