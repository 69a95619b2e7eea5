import JSONRPC
import NIOCore

/// What one connection owes its client: bytes and outcomes in, calls to start and bytes to send
/// out. Knows no socket, no task and no time.
///
/// After every input, call `next` until it returns nil, do what it says, and send what `takeOutput`
/// gives.
struct ConnectionState {
  /// What is to be done for the connection.
  enum Action {
    /// Run a call; pass its outcome to `complete`.
    case start(Start)
    /// Cancel the running call of this slot, as its client wishes.
    case cancel(slot: Int)
    /// Everything was answered and no more will be: send the output and close.
    case finish
  }

  struct Start {
    /// Names the call until it is complete, then is used again.
    let slot: Int
    let call: IncomingCall
    let profile: CallProfile
  }

  private struct Waiting {
    let call: IncomingCall
    let profile: CallProfile
    let batch: Int?
    let cost: Int
  }

  private struct Slot {
    let id: RequestID?
    let batch: Int?
  }

  private struct Batch {
    var remaining: Int
    var replies: [UInt8] = []
  }

  private var output: [UInt8] = []
  /// Bytes of replies in batches of which other calls are still awaited.
  private var batchBytes = 0
  /// The bytes that end every message to this client.
  private(set) var terminator = MessageFramer.Terminator.doubleLF
  /// The client takes what is written to it.
  var isWritable = true

  private let limits: Limits
  private var source: MessageSource
  /// Whether calls may bind something to the connection, and cancel one another.
  private let isLasting: Bool

  private var waiting = CircularBuffer<Waiting>(initialCapacity: 0)
  private var waitingBytes = 0
  private var slots: [Slot?] = []
  private var freeSlots: [Int] = []
  private var batches: [Int: Batch] = [:]
  private var lastBatch = 0
  private var cancelled: [Int] = []

  /// Calls that run now.
  private(set) var callsInFlight = 0
  /// Whether the peer is unauthenticated, and so has little to ask.
  var isStranger = false
  private var barrierIsRunning = false
  /// No call starts any more; new ones are refused.
  private(set) var isDraining = false
  /// Whether anything was answered without the application.
  private(set) var hasAnsweredItself = false
  /// Input is no longer looked at.
  private var ignoresInput = false
  /// Nobody is there to be answered.
  private var isAbandoned = false
  private(set) var isFinished = false

  /// - Parameters:
  ///   - framing: how messages come out of the input.
  ///   - isLasting: false for a request that stands alone.
  init(limits: Limits, framing: MessageSource.Framing = .stream, isLasting: Bool = true) {
    self.limits = limits
    self.source = MessageSource(
      framing, limits: JSONLimits(maxBytes: limits.messageBytes, maxDepth: limits.nesting))
    self.isLasting = isLasting
    terminator = source.terminator
  }

  // MARK: Input

  /// Takes a part of the stream, or a whole message, depending on the framing.
  mutating func receive(_ bytes: Span<UInt8>) {
    if !ignoresInput { source.receive(bytes) }
  }

  /// The client will send no more: what it sent is answered, then the connection is finished.
  mutating func inputEnded() {
    source.finish()
  }

  /// Lets go of a message that is not complete, and never will be.
  mutating func discardInput() {
    source.discard()
  }

  /// The memory of a message that is not complete.
  var heldBytes: Int { source.heldBytes }

  /// Whether more should be read from the client.
  var wantsInput: Bool {
    mayParse && !source.isFinished
  }

  private var mayParse: Bool {
    !ignoresInput && isWritable && output.count < limits.pendingWriteBytes
      && waitingBytes < (isStranger ? limits.waitingBytesOfStrangers : limits.waitingBytes)
  }

  private var mostCallsInFlight: Int {
    isStranger
      ? min(limits.callsInFlight, limits.callsInFlightOfStrangers) : limits.callsInFlight
  }

  // MARK: What to do

  /// - Parameter profile: what the application says of a method.
  mutating func next(profile: (String) -> CallProfile) -> Action? {
    while true {
      if let slot = cancelled.popLast() { return .cancel(slot: slot) }
      if let start = startNext() { return .start(start) }
      guard mayParse else { break }
      let event = source.next()
      terminator = source.terminator
      guard let event else { break }
      handle(event, profile: profile)
    }
    guard isDone else { return nil }
    isFinished = true
    return .finish
  }

  private var isDone: Bool {
    !isFinished && callsInFlight == 0 && waiting.isEmpty
      && (ignoresInput || source.isFinished || (isDraining && mayParse))
  }

  private mutating func startNext() -> Start? {
    guard let first = waiting.first, callsInFlight < mostCallsInFlight, !barrierIsRunning,
      callsInFlight == 0 || !first.profile.isBarrier,
      isWritable, output.count < limits.pendingWriteBytes
    else { return nil }
    waiting.removeFirst()
    waitingBytes -= first.cost
    if first.profile.isBarrier { barrierIsRunning = true }
    callsInFlight += 1
    let entry = Slot(id: first.call.id, batch: first.batch)
    let slot: Int
    if let free = freeSlots.popLast() {
      slot = free
      slots[slot] = entry
    } else {
      slot = slots.count
      slots.append(entry)
    }
    return Start(slot: slot, call: first.call, profile: first.profile)
  }

  private mutating func handle(_ event: MessageFramer.Event, profile: (String) -> CallProfile) {
    switch event {
    case .message(let document):
      handle(document, profile: profile)
    case .syntaxError(let error), .fatal(let error):
      answer(.failure(error), to: .null, in: nil)
    }
  }

  private mutating func handle(_ document: JSONDocument, profile: (String) -> CallProfile) {
    let size = document.bytes.count
    switch IncomingMessage(document, limits: EnvelopeLimits(maxBatch: limits.batchItems)) {
    case .single(let item):
      handle(item, in: nil, cost: size, profile: profile)
    case .refused(let error):
      answer(.failure(error), to: .null, in: nil)
    case .batch(let items):
      lastBatch += 1
      batches[lastBatch] = Batch(remaining: items.count)
      let batch = lastBatch
      for item in items {
        handle(item, in: batch, cost: size / items.count, profile: profile)
      }
    }
  }

  private mutating func handle(
    _ item: IncomingMessage.Item, in batch: Int?, cost: Int, profile: (String) -> CallProfile
  ) {
    switch item {
    case .invalid(let id, let error):
      answer(.failure(error), to: id, in: batch)
    case .call(let call) where !isLasting && needsConnection(call, profile):
      answer(.failure(.needsConnection), to: call.id, in: batch)
    case .call(let call) where call.method == CancelParams.method:
      answer(cancel(call), to: call.id, in: batch)
    case .call(let call) where isAbandoned && call.id != nil: break
    case .call(let call) where isDraining:
      answer(.failure(.stopping), to: call.id, in: batch)
    case .call(let call):
      let entry = Waiting(
        call: call, profile: profile(call.method), batch: batch, cost: cost + Self.callOverhead)
      waiting.append(entry)
      waitingBytes += entry.cost
    }
  }

  private func needsConnection(_ call: IncomingCall, _ profile: (String) -> CallProfile) -> Bool {
    call.method == CancelParams.method || profile(call.method).needsConnection
  }

  /// Memory that a waiting call takes beside its text.
  private static let callOverhead = 128

  // MARK: Outcomes

  /// The call of `slot` ended.
  ///
  /// - Returns: the batch that it was part of.
  @discardableResult
  mutating func complete(_ slot: Int, with outcome: CallOutcome) -> Int? {
    guard let entry = slots[slot] else { return nil }
    slots[slot] = nil
    freeSlots.append(slot)
    callsInFlight -= 1
    // A barrier runs alone.
    barrierIsRunning = false
    cancelled.removeAll { $0 == slot }
    reply(outcome, to: entry.id, in: entry.batch)
    return entry.batch
  }

  /// Answers what the application is not asked about.
  private mutating func answer(_ outcome: CallOutcome, to id: RequestID?, in batch: Int?) {
    hasAnsweredItself = true
    reply(outcome, to: id, in: batch)
  }

  private mutating func reply(_ outcome: CallOutcome, to id: RequestID?, in batchNumber: Int?) {
    guard !isAbandoned else { return }
    guard let batchNumber else {
      guard let id else { return }
      Self.write(outcome, to: id, into: &output)
      output += terminator.bytes
      return
    }
    guard var batch = batches.removeValue(forKey: batchNumber) else { return }
    let before = batch.replies.count
    if let id {
      batch.replies.append(batch.replies.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ","))
      Self.write(outcome, to: id, into: &batch.replies)
    }
    batch.remaining -= 1
    batchBytes += batch.replies.count - before
    guard batch.remaining == 0 else {
      batches[batchNumber] = batch
      return
    }
    batchBytes -= batch.replies.count
    if !batch.replies.isEmpty {
      output += batch.replies
      output.append(UInt8(ascii: "]"))
      output += terminator.bytes
    }
  }

  private static func write(
    _ outcome: CallOutcome, to id: RequestID, into bytes: inout [UInt8]
  ) {
    switch outcome {
    case .result(let result): MessageWriter.appendResponse(id: id, result: result, to: &bytes)
    case .failure(let error): MessageWriter.appendError(id: id, error, to: &bytes)
    }
  }

  /// Whether replies of a batch are still awaited; false without a batch.
  func isOpen(batch: Int?) -> Bool {
    batch.map { batches[$0] != nil } ?? false
  }

  // MARK: Output

  var outputSize: Int { output.count }

  /// The memory of all replies that the client has not taken.
  var heldReplies: Int { output.count + batchBytes }

  /// The bytes to send, which are forgotten here.
  mutating func takeOutput() -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &output)
    return taken
  }

  // MARK: Cancelling

  private mutating func cancel(_ call: IncomingCall) -> CallOutcome {
    let params: CancelParams
    do {
      params = try CancelParams(call.params)
    } catch {
      return .failure(error)
    }
    var found = false
    for slot in slots.indices where slots[slot]?.id == params.id {
      cancelled.append(slot)
      found = true
    }
    while let index = waiting.firstIndex(where: { $0.call.id == params.id }) {
      let entry = waiting.remove(at: index)
      waitingBytes -= entry.cost
      answer(.failure(.cancelledBeforeStart), to: entry.call.id, in: entry.batch)
      found = true
    }
    return .result(CancelParams.result(found: found))
  }

  // MARK: Ending

  /// Refuses the calls that have not started and those that still come; the connection is finished
  /// when the running ones have ended.
  mutating func drain() {
    guard !isDraining else { return }
    isDraining = true
    while let entry = waiting.popFirst() {
      answer(.failure(.stopping), to: entry.call.id, in: entry.batch)
    }
    waitingBytes = 0
  }

  /// The client is gone: what it sent is read to its end, but nothing is answered, and only
  /// notifications still start. The connection is finished when what runs has ended.
  mutating func abandon() {
    isAbandoned = true
    source.finish()
    waiting.removeAll { $0.call.id != nil }
    waitingBytes = waiting.reduce(0) { $0 + $1.cost }
    output = []
    batches = [:]
    batchBytes = 0
    isWritable = true
  }

  /// Forgets the calls that have not started, ignores all further input and sends a last error; the
  /// connection is finished when the running calls have ended.
  mutating func abort(with error: RPCError?) {
    guard !ignoresInput else { return }
    ignoresInput = true
    source.discard()
    // Those of a batch are answered: the replies of its other calls wait for them.
    while let entry = waiting.popFirst() {
      guard let batch = entry.batch else { continue }
      answer(.failure(.cancelledBeforeStart), to: entry.call.id, in: batch)
    }
    waitingBytes = 0
    if let error { answer(.failure(error), to: .null, in: nil) }
  }
}
