import Bcrypt
import Testing

@Suite struct BcryptTests {
  /// Passwords and hashes that other implementations made.
  struct Vector: Sendable {
    let password: String
    let hash: String
    let source: String
  }

  static let vectors: [Vector] = [
    // crypt_blowfish
    Vector(
      password: "U*U", hash: "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
      source: "crypt_blowfish"),
    // jBCrypt
    Vector(
      password: "", hash: "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.",
      source: "jBCrypt"),
    // pyca/bcrypt
    Vector(
      password: "U*U*", hash: "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK",
      source: "pyca"),
    Vector(
      password: "", hash: "$2b$04$CCCCCCCCCCCCCCCCCCCCC.Cg0ly9t/KVBCBYYDfOmZKwry9JuXClC",
      source: "pyca"),
    Vector(
      password: "a", hash: "$2b$05$abcdefghijklmnopqrstuu8.veTXNDPV2eEsdpKNczMw2otgh5LnK",
      source: "pyca"),
    Vector(
      password: "пароль 密码 🔑",
      hash: "$2b$06$7EqJtq98hPqEX7fNZaFWoO..dfQdBWwFT57Z/pjWdZwyu8u/mDdcK", source: "pyca"),
    Vector(
      password: String(repeating: "x", count: 72),
      hash: "$2b$04$./ABCDEFGHIJKLMNOPQRSer0FZK2jzUx7F5qJ469aopikXHfWK6zK", source: "pyca"),
    Vector(
      password: "Kannst Du bitte zwölfmal",
      hash: "$2y$07$0123456789abcdefghijkekros3OxfBD8s2QcwfSFZqjqn6kGAz8m", source: "pyca"),
    Vector(
      password: "correct horse battery staple",
      hash: "$2b$10$Vq8VQ0yEYyQ4T8Ru3QhKxe/qy7AmtaveQIPDMbmjVUIDQgpgSgJG6", source: "pyca"),
  ]

  let hasher = BcryptHasher(cost: 4)

  @Test(arguments: vectors)
  func verifiesWhatOthersHashed(_ vector: Vector) async throws {
    #expect(try await hasher.verify(vector.password, against: vector.hash), "\(vector.source)")
    #expect(try await !hasher.verify("another password", against: vector.hash))
  }

  @Test func hashesAreSaltedAndVerify() async throws {
    let first = try await hasher.hash("s3cret")
    let second = try await hasher.hash("s3cret")
    #expect(first != second)
    #expect(first.hasPrefix("$2b$04$"))
    #expect(try await hasher.verify("s3cret", against: first))
    #expect(try await hasher.verify("s3cret", against: second))
    #expect(try await !hasher.verify("s3cres", against: first))
  }

  @Test func everyByteOfTheHashCounts() async throws {
    let hash = Array("$2b$04$CCCCCCCCCCCCCCCCCCCCC.Cg0ly9t/KVBCBYYDfOmZKwry9JuXClC".utf8)
    for index in 29..<hash.count {
      var changed = hash
      changed[index] = changed[index] == UInt8(ascii: "e") ? UInt8(ascii: "f") : UInt8(ascii: "e")
      #expect(try await !hasher.verify("", against: String(decoding: changed, as: UTF8.self)))
    }
  }

  @Test func refusesWhatBcryptWouldCut() async throws {
    let longest = String(repeating: "é", count: 36)
    let hash = try await hasher.hash(longest)
    #expect(try await hasher.verify(longest, against: hash))

    await #expect(throws: BcryptError.passwordTooLong) { try await hasher.hash(longest + "x") }
    await #expect(throws: BcryptError.passwordTooLong) {
      try await hasher.verify(longest + "x", against: hash)
    }
    await #expect(throws: BcryptError.passwordTooLong) {
      try await hasher.verifyDummy(longest + "x")
    }
    await #expect(throws: BcryptError.passwordHasNull) { try await hasher.hash("a\u{0}b") }
  }

  @Test(arguments: [
    "", "secret", "$1$abcdefgh$0123456789", "$2b$04$tooshort",
    "$2b$03$CCCCCCCCCCCCCCCCCCCCC.Cg0ly9t/KVBCBYYDfOmZKwry9JuXClC",
    "$2b$32$CCCCCCCCCCCCCCCCCCCCC.Cg0ly9t/KVBCBYYDfOmZKwry9JuXClC",
    "$2b$31$CCCCCCCCCCCCCCCCCCCCC.Cg0ly9t/KVBCBYYDfOmZKwry9JuXClC",
    "$2x$04$CCCCCCCCCCCCCCCCCCCCC.Cg0ly9t/KVBCBYYDfOmZKwry9JuXClC",
    "$2b$04$CCCCCCCCCC:CCCCCCCCCC.Cg0ly9t/KVBCBYYDfOmZKwry9JuXClC",
    "$2b$04$CCCCCCCCCCCCCCCCCCCCC.Cg0ly9t/KVBCBYYDfOmZKwry9JuXClC ",
  ])
  func refusesWhatIsNoUsableHash(_ hash: String) async {
    await #expect(throws: BcryptError.malformedHash) {
      try await hasher.verify("secret", against: hash)
    }
  }

  @Test func noPasswordHasTheUnusableHash() async throws {
    for password in ["", "/", "s3cret", String(repeating: "/", count: 31)] {
      #expect(try await !hasher.verify(password, against: hasher.unusableHash))
    }
    #expect(!hasher.needsRehash(hasher.unusableHash))
  }

  @Test func knowsWhichHashesAreTooCheap() async throws {
    let hash = try await hasher.hash("s3cret")
    #expect(!hasher.needsRehash(hash))
    #expect(BcryptHasher(cost: 5).needsRehash(hash))
    #expect(hasher.needsRehash("not a hash"))
  }

  @Test func aStrangerTakesAsLongAsAUser() async throws {
    let hasher = BcryptHasher(cost: 8, threads: 1)
    let hash = try await hasher.hash("s3cret")
    let clock = ContinuousClock()
    // The shortest of several runs is what the work itself takes.
    var user = Duration.seconds(60)
    var stranger = Duration.seconds(60)
    for _ in 0..<7 {
      user = try await min(
        user, clock.measure { _ = try await hasher.verify("wrong", against: hash) })
      stranger = try await min(stranger, clock.measure { try await hasher.verifyDummy("wrong") })
    }
    #expect(user / stranger < 2 && stranger / user < 2, "\(user) and \(stranger)")
  }
}
