import Threads

/// Hashes passwords with bcrypt on a few threads of its own.
///
/// A hash of cost 12 keeps a processor busy for a quarter of a second, so it never runs on the
/// threads that other work shares. What waits is bounded: past `queueLimit` a call throws
/// ``BcryptError/busy``. A source that asks for much holds up no others: see
/// ``serving(_:isInsider:)``.
public struct BcryptHasher: Sendable {
  /// The longest password that bcrypt reads to its end, in bytes of UTF-8.
  public static let maximumPasswordBytes = 72
  /// What bcrypt allows. Each step doubles the time.
  public static let costs = 4...31
  /// A stored hash of a higher cost would hold a thread for minutes; it is refused.
  static let highestVerifiedCost = 17

  private let cost: Int
  private let dummy: String
  private let workers: WorkerThreads
  private var source = JobSource.anybody

  /// - Parameters:
  ///   - cost: the binary logarithm of the number of rounds; clamped to ``costs``.
  ///   - threads: how many hashes are computed at the same time.
  ///   - queueLimit: how many more may wait for a thread.
  ///   - strangersLimit: how many more jobs of strangers, who are no insiders, may wait.
  public init(
    cost: Int = 12, threads: Int = 2, queueLimit: Int = 128, strangersLimit: Int = 32
  ) {
    let cost = min(max(cost, Self.costs.lowerBound), Self.costs.upperBound)
    self.cost = cost
    dummy = "$2b$\(cost < 10 ? "0" : "")\(cost)$KH9dQmuNbVwzWbVgYjrD4u"
    workers = WorkerThreads(
      name: "bcrypt", count: max(threads, 1), queueLimit: max(queueLimit, 0),
      strangersLimit: max(strangersLimit, 0))
  }

  /// This hasher on behalf of one source. Sources take turns; when the queue is full, the source
  /// with the most waiting jobs gives up a place.
  ///
  /// - Parameter isInsider: insiders and strangers take turns alternately, and each have places of
  ///   their own.
  public func serving(_ source: String, isInsider: Bool) -> BcryptHasher {
    var copy = self
    copy.source = JobSource(source, isInsider: isInsider)
    return copy
  }

  /// Whether a password would find a place now. Others may have it a moment later.
  public var hasRoom: Bool { workers.hasRoom(for: source) }

  /// A hash no password can match, because bcrypt never produces this ending. Comparing it takes as
  /// long as any other.
  public var unusableHash: String { dummy + String(repeating: "/", count: 31) }

  /// A new hash of `password`, with a salt of its own, as `$2b$…`.
  public func hash(_ password: String) async throws -> String {
    let phrase = try Phrase(password)
    let cost = cost
    return try await run {
      try Crypt.hash(phrase, setting: try Crypt.makeSetting(cost: cost))
    }
  }

  /// Whether `hash` was made from `password`. The comparison takes the same time wherever the two
  /// differ.
  public func verify(_ password: String, against hash: String) async throws -> Bool {
    let phrase = try Phrase(password)
    guard let setting = Crypt.setting(of: hash), setting.cost <= Self.highestVerifiedCost else {
      throw BcryptError.malformedHash
    }
    return try await run {
      let computed = try Crypt.hash(phrase, setting: setting.text)
      return Self.constantTimeEqual(computed.utf8, hash.utf8)
    }
  }

  /// Takes the time that ``verify(_:against:)`` takes, and throws what it throws, for a user who
  /// does not exist.
  public func verifyDummy(_ password: String) async throws {
    let phrase = try Phrase(password)
    let setting = dummy
    _ = try await run { try Crypt.hash(phrase, setting: setting) }
  }

  /// Whether `hash` was made with more or less work than new hashes are, so that it should be
  /// replaced at a login.
  public func needsRehash(_ hash: String) -> Bool {
    Crypt.setting(of: hash)?.cost != cost
  }

  private func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    do {
      return try await workers.run(for: source, work)
    } catch is WorkersBusy {
      throw BcryptError.busy
    }
  }

  static func constantTimeEqual(_ left: String.UTF8View, _ right: String.UTF8View) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (a, b) in zip(left, right) { difference |= a ^ b }
    return difference == 0
  }
}
