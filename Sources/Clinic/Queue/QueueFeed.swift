import JSONRPC
import Logging
import Postgres
import Redis
import Synchronization

/// Follows the days that have subscribers, and pushes every version to them.
///
/// News comes from this instance's lane at once, from other instances through Redis, and from
/// PostgreSQL whenever something is missing: after a gap, and all the time while Redis is away.
package final class QueueFeed: Sendable {
  enum Signal: Sendable {
    case decided([QueueEvent], LocalDate)
    case published(version: Int64, payload: [UInt8], LocalDate)
    /// Something may have been missed.
    case compare
  }

  private struct State {
    var days: [LocalDate: FollowedDay] = [:]
    var today: LocalDate?
    /// How many connections PostgreSQL had lost when the days were compared with it last.
    var connectionsLost = 0
    /// Whether a comparison was asked for and has not begun.
    var willCompare = false
    var notices = OutageNotices()
  }
  private let state = Mutex(State())
  private let postgres: PostgresClient
  private let redis: RedisClient
  private let live: LiveQueue
  private let hub: any NotificationHub
  private let staff: StaffDirectory
  private let calendar: ClinicCalendar
  private let rules: QueueRules
  private let log: Logger
  private let signals: AsyncStream<Signal>
  private let signal: AsyncStream<Signal>.Continuation

  init(
    postgres: PostgresClient, redis: RedisClient, live: LiveQueue, hub: any NotificationHub,
    staff: StaffDirectory, calendar: ClinicCalendar, rules: QueueRules, log: Logger
  ) {
    self.postgres = postgres
    self.redis = redis
    self.live = live
    self.hub = hub
    self.staff = staff
    self.calendar = calendar
    self.rules = rules
    self.log = log
    (signals, signal) = AsyncStream.makeStream()
  }

  // MARK: - Looking

  /// A day as this instance knows it, brought up to `version` if that is given.
  func day(_ date: LocalDate, atLeast version: Int64? = nil) async throws -> FollowedDay {
    if let known = state.withLock({ $0.days[date] }), known.day.version >= version ?? 0 {
      return known
    }
    return FollowedDay(try await QueueDay.read(date, rules: rules, from: postgres))
  }

  /// Begins to follow a day, for a subscriber.
  func follow(_ date: LocalDate) async throws -> FollowedDay {
    if let known = state.withLock({ $0.days[date] }) { return known }
    let loaded = FollowedDay(try await QueueDay.read(date, rules: rules, from: postgres))
    return state.withLock { state in
      if let known = state.days[date] { return known }
      state.days[date] = loaded
      return loaded
    }
  }

  // MARK: - News

  /// Takes what this instance's lane has just committed.
  func decided(_ events: [QueueEvent], on date: LocalDate) {
    signal.yield(.decided(events, date))
  }

  func run() async {
    await withTaskGroup { group in
      group.addTask { await self.listen() }
      group.addTask { await self.tick() }
      for await news in signals {
        await trusted()
        await take(news)
      }
      group.cancelAll()
    }
  }

  private func listen() async {
    let prefix = "queue:events:"
    for await event in redis.subscriptions(patterns: [prefix + "*"]) {
      switch event {
      case .message(let channel, let payload):
        guard let date = LocalDate(String(channel.dropFirst(prefix.count))),
          let version = QueueEvent.version(of: payload)
        else { continue }
        // While nothing is taken, nothing is kept: a comparison makes up for it.
        guard staff.isTrusted else {
          askToCompare()
          continue
        }
        signal.yield(.published(version: version, payload: payload, date))
      case .subscribed, .lost: askToCompare()
      }
    }
  }

  /// Asks for a comparison each second, more often while Redis is away; ends the feed when its task
  /// ends.
  private func tick() async {
    while !Task.isCancelled {
      askToCompare()
      try? await Task.sleep(for: .milliseconds(live.isUp ? 1000 : 200))
    }
    signal.finish()
  }

  /// Asks for a comparison. While nothing is pushed, only one waits, not one for each second.
  private func askToCompare() {
    let isAsked = state.withLock { state in
      defer { state.willCompare = true }
      return state.willCompare
    }
    if !isAsked { signal.yield(.compare) }
  }

  /// Waits until this instance knows whose rights have ended: nothing is pushed before.
  private func trusted() async {
    while !staff.isTrusted, !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(50))
    }
  }

  private func take(_ news: Signal) async {
    do {
      switch news {
      case .decided(let events, let date):
        for event in events { try await take(event, on: date) }
      case .published(let version, let payload, let date):
        guard let known = state.withLock({ $0.days[date]?.day.version }), version > known else {
          return
        }
        guard let event = try? QueueEvent.decode(payload) else { return askToCompare() }
        try await take(event, on: date)
      case .compare:
        state.withLock { $0.willCompare = false }
        try await limited { try await self.compare() }
      }
    } catch {
      log.debug("the queue's feed waits for a store", metadata: ["error": "\(error)"])
    }
  }

  /// A frozen session must not hold up the feed. A later comparison makes up for what was given up.
  private func limited(_ work: @escaping @Sendable () async throws -> Void) async throws {
    try await postgres.loop.limited(to: .seconds(15), outlivesCaller: false, work)
  }

  private func take(_ event: QueueEvent, on date: LocalDate) async throws {
    guard let known = state.withLock({ $0.days[date]?.day.version }), event.version > known else {
      return
    }
    if event.version == known + 1 {
      // Boards name the doctors: another instance may just have made one.
      let doctors = event.tokens.compactMap(\.doctorID)
      if doctors.contains(where: { staff.member($0) == nil }) {
        try await limited { try await self.staff.meet(doctors) }
      }
      advance(event, on: date)
    } else {
      try await limited { try await self.catchUp(date) }
    }
  }

  /// Reads the versions that are missing of a day, or the whole day if its events are not kept any
  /// more.
  private func catchUp(_ date: LocalDate) async throws {
    guard let known = state.withLock({ $0.days[date]?.day.version }) else { return }
    let events = try await QueueEvent.read(date, after: known, upTo: .max, from: postgres)
    if events.first.map({ $0.version != known + 1 }) ?? true {
      let stored = try await QueueDay.read(date, rules: rules, from: postgres)
      guard stored.version != known else { return }
      replace(stored, reason: "rebuild")
    } else {
      for event in events { advance(event, on: date) }
    }
  }

  private func compare() async throws {
    try await turnToToday()
    let followed = state.withLock { state in
      // A day without subscribers is forgotten, except today.
      let wanted = Set(hub.channels.compactMap { QueueChannel($0)?.date })
      state.days = state.days.filter { $0.key == state.today || wanted.contains($0.key) }
      return state.days.mapValues(\.day.version)
    }
    try await compareHistory(of: followed.keys.sorted())
    let inRedis = await versionsInRedis(followed.keys.sorted())
    let rows = try await postgres.query(
      "SELECT date, version FROM queue_days WHERE date = ANY(\(followed.keys.sorted()))")
    // A day that is not there has version 0: PostgreSQL may be an older one, of a backup.
    var versions = followed.mapValues { _ in Int64(0) }
    for row in rows {
      var cells = row.cells
      versions[try cells.next()] = try cells.next() as Int64
    }
    for (date, version) in versions {
      if followed[date] != version { try await catchUp(date) }
      guard let there = inRedis[date], there != version else { continue }
      let day = try await QueueDay.read(date, rules: rules, from: postgres)
      if await live.rebuild(day, forced: there > version),
        state.withLock({ $0.notices.isNews("\(date)") })
      {
        log.info("the live queue was made anew", metadata: ["queue.date": "\(date)"])
      }
    }
  }

  /// Compares the days after a connection was lost. The new connection may lead to another server,
  /// a standby or a backup, which lost the last changes and has others by now under the same
  /// versions.
  private func compareHistory(of dates: [LocalDate]) async throws {
    let lost = postgres.statistics.connectionsLost
    guard state.withLock({ $0.connectionsLost != lost }) else { return }
    for date in dates {
      let stored = try await QueueDay.read(date, rules: rules, from: postgres)
      guard var known = state.withLock({ $0.days[date]?.day }) else { continue }
      let events = try await QueueEvent.read(
        date, after: known.version, upTo: stored.version, from: postgres)
      for event in events where event.version == known.version + 1 { known.follow(event.change) }
      if known.version == stored.version && known.tokens == stored.tokens { continue }
      replace(stored, reason: "rebuild")
      await live.rebuild(stored, forced: true)
    }
    state.withLock { $0.connectionsLost = lost }
  }

  private func versionsInRedis(_ dates: [LocalDate]) async -> [LocalDate: Int64] {
    var versions: [LocalDate: Int64] = [:]
    for date in dates { versions[date] = await live.version(of: date) }
    return versions
  }

  /// At midnight, gives the new day to the subscribers that follow today.
  private func turnToToday() async throws {
    let date = calendar.today
    guard date.days > 0, state.withLock({ $0.today }) != date else { return }
    let day = try await QueueDay.read(date, rules: rules, from: postgres)
    let isTurn = state.withLock { state in
      defer { state.today = date }
      if state.days[date] == nil { state.days[date] = FollowedDay(day) }
      return state.today != nil
    }
    guard isTurn else { return }
    for channel in hub.channels.compactMap(QueueChannel.init) where channel.date == nil {
      publish(snapshotOf: FollowedDay(day), to: channel, reason: "new_day")
    }
  }

  // MARK: - Pushing

  private func advance(_ event: QueueEvent, on date: LocalDate) {
    let step = state.withLock { state -> (before: [QueueToken], after: FollowedDay)? in
      guard var followed = state.days[date], event.version == followed.day.version + 1 else {
        return nil
      }
      state.days[date] = nil  // so that it is changed in place and not copied
      let before = event.tokens.compactMap { try? followed.day.token($0.number) }
      followed.advance(event)
      state.days[date] = followed
      return (before, followed)
    }
    guard let (before, followed) = step else { return }
    for channel in channels(on: date) {
      let body: [UInt8]
      if let doctor = channel.doctor {
        let theirs = Set((event.tokens + before).filter { $0.isOpen(to: doctor) }.map(\.number))
        let overtaken = (event.passedOver + event.waitedOut).contains {
          (try? followed.day.token($0))?.isOpen(to: doctor) ?? false
        }
        body =
          theirs.isEmpty && !overtaken
          ? QueueMessage.nothing(version: event.version)
          : QueueMessage.change(
            event, tokens: event.tokens.filter { theirs.contains($0.number) }, on: date,
            for: channel.view,
            board: Board(of: followed.day, for: doctor, in: staff, at: event.at), staff: staff)
      } else {
        body = QueueMessage.change(
          event, tokens: event.tokens, on: date, for: channel.view, board: event.board,
          staff: staff)
      }
      let staff = staff
      hub.publish(
        Publication(version: event.version, body: body) {
          followed.members(for: channel.view, doctor: channel.doctor, in: staff)
        }, to: channel.name)
    }
  }

  private func replace(_ day: QueueDay, reason: String) {
    let followed = FollowedDay(day)
    state.withLock { $0.days[day.date] = followed }
    for channel in channels(on: day.date) {
      publish(snapshotOf: followed, to: channel, reason: reason)
    }
  }

  private func publish(snapshotOf followed: FollowedDay, to channel: QueueChannel, reason: String) {
    let members = followed.members(for: channel.view, doctor: channel.doctor, in: staff)
    hub.publish(
      Publication(
        version: followed.day.version, body: QueueMessage.snapshot(members, reason: reason),
        isSnapshot: true
      ) { members }, to: channel.name)
  }

  private func channels(on date: LocalDate) -> [QueueChannel] {
    let isToday = state.withLock { $0.today } == date
    return hub.channels.compactMap(QueueChannel.init).filter {
      $0.date == date || ($0.date == nil && isToday)
    }
  }
}
