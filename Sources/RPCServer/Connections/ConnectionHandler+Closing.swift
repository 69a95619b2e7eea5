import JSONRPC
import Logging
import NIOCore

/// How far the close of a connection has come.
enum Closing: Equatable {
  case open
  /// Its calls were told to cancel; their replies are awaited.
  case cancelling(until: ContinuousClock.Instant)
  /// Everything is answered; the last bytes are on their way.
  case flushing
  /// The client was told that no more comes. Its input is read and dropped: closing with unread
  /// input would send a reset, and take from the client what it has not read yet.
  case lingering(Linger)
  case closed
}

struct Linger: Equatable {
  var bytes: Int
  let until: ContinuousClock.Instant
}

/// What a client has not taken yet, and since when that is so.
struct WriteProgress {
  var pendingBytes: Int
  var since: ContinuousClock.Instant

  /// Whether the client has taken nothing for too long.
  mutating func isStalled(
    unsent: Int, at now: ContinuousClock.Instant, limits: Limits
  ) -> Bool {
    guard unsent == pendingBytes else {
      self = WriteProgress(pendingBytes: unsent, since: now)
      return false
    }
    return now - since >= limits.writeStallTimeout
  }
}

/// Tells the handlers between a connection and its socket why the connection will be closed.
struct ConnectionEnding {
  let error: RPCError?
}

extension ConnectionHandler {
  /// Closes in order after a last error; calls in flight are cancelled, and their replies still
  /// sent.
  func abort(with error: RPCError?) {
    guard closing == .open else { return }
    announceEnd(error)
    state.abort(with: error)
    cancelCalls(.disconnected)
    closing = .cancelling(until: .now.advanced(by: server.limits.cancellationGrace))
    loop.watch(self)
    process()
    flushSoon()
  }

  /// Closes when the calls that run are answered; others are refused.
  func drain() {
    guard closing == .open || closing == .closed else { return }
    announceEnd(.stopping)
    state.drain()
    process()
    flushSoon()
  }

  func announceEnd(_ error: RPCError?) {
    context?.triggerUserOutboundEvent(ConnectionEnding(error: error), promise: nil)
  }

  /// Sends what is left, then says that no more comes.
  func finish() {
    switch closing {
    case .open, .cancelling: closing = .flushing
    case .flushing, .lingering: return
    case .closed: return leave()
    }
    guard let context else { return }
    writeOutput()
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenSuccess { self.outputWasSent() }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
    noteStall()
  }

  private func outputWasSent() {
    guard closing == .flushing, let context else { return }
    writeProgress = nil
    guard !inputHasEnded, lingers else {
      // Not within the write that has just ended: what TLS says at the end would be lost.
      context.eventLoop.assumeIsolated().execute { self.closeNow() }
      return
    }
    closing = .lingering(
      Linger(
        bytes: server.limits.lingerBytes, until: .now.advanced(by: server.limits.lingerTime)))
    loop.watch(self)
    context.close(mode: .output, promise: nil)
    resumeReading()
  }

  func closeNow() {
    guard closing != .closed else { return }
    context?.closeBothSides()
  }

  // MARK: Time

  /// Notes that the client has something to take; from now on it must not stall.
  func noteStall() {
    // A write that fails closes the connection before it returns.
    guard writeProgress == nil, closing != .closed else { return }
    writeProgress = WriteProgress(pendingBytes: unsentBytes, since: .now)
    loop.watch(self)
  }

  /// Bytes that the kernel has not taken from the channel.
  var unsentBytes: Int {
    context?.channel.unsentBytes ?? 0
  }

  /// Looks at deadlines and timeouts.
  ///
  /// - Returns: whether there is something to look at again.
  func tick(_ now: ContinuousClock.Instant) -> Bool {
    var isNeeded = running.cancelOverdue(at: now)
    if writeProgress != nil {
      isNeeded = true
      let unsent = unsentBytes
      if writeProgress?.isStalled(unsent: unsent, at: now, limits: server.limits) == true {
        server.logger.debug(
          "closing a connection that does not read",
          metadata: ["session": "\(session.id)", "unsent": "\(unsent)"])
        closeNow()
      }
    }
    switch closing {
    case .open: break
    case .cancelling(let until):
      isNeeded = true
      if now >= until { finish() }
    case .flushing:
      isNeeded = true
    case .lingering(let linger):
      isNeeded = true
      if now >= linger.until { closeNow() }
    case .closed: break
    }
    return isNeeded
  }

  // MARK: Authentication

  /// A TCP connection has to say who it is within a time.
  func startAuthenticationTimer() {
    guard !session.isAuthenticated, authenticationTimer == nil, closing == .open else { return }
    if case .unix = session.transport { return }
    let limit = server.limits.unauthenticatedTime
    let began = ContinuousClock.now
    authenticationTimer = context?.eventLoop.assumeIsolated().scheduleTask(in: .init(limit)) {
      self.authenticationTimer = nil
      guard !self.session.isAuthenticated else { return }
      self.abort(
        with: .authenticationTimeout(
          limit: limit, actual: .now - began))
      self.loop.flush()
    }
  }

  /// Unauthenticated connections are read in small pieces: the channel keeps a buffer of the
  /// greatest size for each.
  func noteAuthentication(_ isAuthenticated: Bool) {
    state.isStranger = !isAuthenticated
    guard isAuthenticated else { return }
    try? context?.channel.syncOptions?.setOption(.recvAllocator, value: .known)
  }

  func authenticationChanged(_ isAuthenticated: Bool) {
    noteAuthentication(isAuthenticated)
    if isAuthenticated {
      authenticationTimer?.cancel()
      authenticationTimer = nil
    } else {
      startAuthenticationTimer()
    }
  }
}

extension RecvByteBufferAllocator where Self == AdaptiveRecvByteBufferAllocator {
  static var strangers: Self { Self(minimum: 1_024, initial: 1_024, maximum: 4_096) }
  static var known: Self { Self(minimum: 1_024, initial: 1_024, maximum: 32_768) }
}

extension ChannelHandlerContext {
  /// Closes our side first: then TLS has said its last word, and does not wait for that of a client
  /// that has ended.
  func closeBothSides() {
    close(mode: .output, promise: nil)
    close(promise: nil)
  }
}

extension Channel {
  /// Bytes that were written, but not taken by the kernel yet.
  var unsentBytes: Int {
    (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }
}
