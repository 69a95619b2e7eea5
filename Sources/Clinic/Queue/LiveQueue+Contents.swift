import Redis

/// What Redis holds of a day, and what it should: each key as fields of text. A key with a single
/// value has one field without a name.
extension LiveQueue {
  func expected(_ day: QueueDay) -> [String: [String: String]] {
    guard day.version > 0 else { return [:] }
    let date = day.date.description
    var keys: [String: [String: String]] = [
      "queue:counter:\(date)": ["": String(day.lastNumber)],
      "queue:version:\(date)": ["": String(day.version)],
    ]
    if let current = lastCalled(day) { keys["queue:current:\(date)"] = ["": current] }
    for token in day.tokens {
      keys["queue:token:\(date):\(TokenName.padded(token.number))"] = fields(of: token)
      if let score = score(of: token, under: day.rules) {
        keys["queue:\(date)", default: [:]][token.token.description] = score
      }
    }
    for token in day.serving {
      keys["queue:serving:\(date)", default: [:]][token.doctorID?.description ?? ""] =
        token.token.description
    }
    return keys
  }

  /// `nil` when Redis is away.
  func contents(of date: LocalDate) async -> [String: [String: String]]? {
    guard isUp else { return nil }
    let date = date.description
    var keys: [String: [String: String]] = [:]
    do {
      for key in ["queue:counter:\(date)", "queue:version:\(date)", "queue:current:\(date)"] {
        let value = try await read(["GET", .string(key)])
        if value?.isNull != true { keys[key] = ["": value?.text ?? Self.anotherType] }
      }
      keys["queue:\(date)"] = Self.pairs(
        try await read(["ZRANGE", .string("queue:\(date)"), "0", "-1", "WITHSCORES"]))
      let serving = "queue:serving:\(date)"
      keys[serving] = Self.pairs(try await read(["HGETALL", .string(serving)]))
      for key in try await tokenKeys(of: date) {
        keys[key] = Self.pairs(try await read(["HGETALL", .string(key)]))
      }
      return keys
    } catch {
      return nil
    }
  }

  private static let anotherType = "another type"

  /// - Returns: `nil` for a key of another type than the command reads.
  private func read(_ command: [RedisArgument]) async throws -> RedisValue? {
    do {
      return try await redis.command(command)
    } catch let error where error.code == "WRONGTYPE" {
      return nil
    }
  }

  /// Makes a day anew after removing keys that are wrong.
  func repair(_ day: QueueDay, removing keys: [String]) async -> Bool {
    guard isUp else { return false }
    do {
      if !keys.isEmpty { _ = try await redis.command(["DEL"] + keys.map(RedisArgument.string)) }
    } catch {
      return false
    }
    return day.version == 0 ? true : await rebuild(day, forced: true)
  }

  private func tokenKeys(of date: String) async throws -> [String] {
    var found: Set<String> = []
    var cursor = "0"
    repeat {
      let reply = try await redis.command([
        "SCAN", .string(cursor), "MATCH", .string("queue:token:\(date):*"), "COUNT", "1000",
      ])
      guard let parts = reply.elements, parts.count == 2, let next = parts[0].text else { break }
      found.formUnion((parts[1].elements ?? []).compactMap(\.text))
      cursor = next
    } while cursor != "0"
    return found.sorted()
  }

  /// The fields of a hash, or the members of a sorted set with their scores; `nil` for an empty
  /// one.
  private static func pairs(_ reply: RedisValue?) -> [String: String]? {
    guard let elements = reply?.elements else { return ["": anotherType] }
    let texts = elements.map { $0.text ?? "" }
    guard !texts.isEmpty else { return nil }
    return Dictionary(
      stride(from: 0, to: texts.count - 1, by: 2).map { (texts[$0], texts[$0 + 1]) }
    ) { first, _ in first }
  }
}
