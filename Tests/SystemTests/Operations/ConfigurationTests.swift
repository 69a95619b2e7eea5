import ClinicEnvironment
import Host
import JSONRPC
import TestSupport
import Testing

@Suite struct EnvironmentFileTests {
  @Test("a file is read as systemd reads it")
  func reads() {
    let text = """
      # a comment
        ; another
      PLAIN=a value with spaces \t
      EMPTY=
      DOUBLE="a \\"quoted\\" one # no comment"
      SINGLE='back\\slash'  
      KEPT="space at the end "
      LONG=one \\
      line
      WITHOUT_EQUALS
      URL=postgresql://clinic:p%40ss@db/clinic?sslmode=require
      TWICE=1
      TWICE=2
      """
    #expect(
      EnvironmentFile(text: text).values == [
        "PLAIN": "a value with spaces", "EMPTY": "", "DOUBLE": "a \"quoted\" one # no comment",
        "SINGLE": "back\\slash", "KEPT": "space at the end ", "LONG": "one line",
        "URL": "postgresql://clinic:p%40ss@db/clinic?sslmode=require", "TWICE": "2",
      ])
  }

  @Test(arguments: ["", "\n\n", "#", "=", "A", "A=\\", "A=\"never closed\n", "\r\n=\r\n", "A='"])
  func takesAnything(_ text: String) {
    #expect(EnvironmentFile(text: text).assignments.count <= 1)
  }
}

/// `clinicd check` and `clinicctl config`.
@Suite struct ConfigurationTests {
  private static let valid = [
    "DATABASE_URL": "postgresql://clinic:secret-of-the-database@localhost:1/clinic",
    "REDIS_URL": "redis://localhost:1", "MONGO_URL": "mongodb://localhost:1",
    "SECRET_KEY": "a secret of tests alone, 32 bytes or more",
    "CLINIC_AUDIT_KEY": "another secret of tests alone, 32 bytes",
  ]

  private func check(
    _ settings: [String: String], _ arguments: String...
  ) async throws -> (status: Int32, output: String) {
    try await inFolder { folder in
      try await finished(
        "clinicd", ["check"] + arguments, environment: Self.valid.merging(settings) { $1 },
        in: folder)
    }
  }

  private func inFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = try TemporaryFolder.make()
    do {
      let value = try await body(folder)
      await TemporaryFolder.remove(folder)
      return value
    } catch {
      await TemporaryFolder.remove(folder)
      throw error
    }
  }

  @Test("check: everything that is wrong at once, with the key that was meant, and no secret")
  func namesWhatIsWrong() async throws {
    let (status, output) = try await check([
      "CLINIC_TIMEZONE": "UTC", "CLINIC_MAX_DEPTH": "many", "SECRET_KEY": "too-short",
      "CLINIC_NOTHING_LIKE_IT_AT_ALL": "1", "MONGO_URL": "", "CLINIC_TIME_ZONE": "UTC+3",
      "CLINIC_SOCKET": "/run/" + String(repeating: "s", count: 103),
      "CLINIC_TLS_KEY": "/etc/clinicd/key.pem",
      "CLINIC_TLS_CLIENT_ROLES": "board-1=DISPLAY",
    ])
    #expect(status == 1)
    #expect(output.contains("CLINIC_TIME_ZONE: an IANA name, as Asia/Kolkata or Etc/GMT-3"))
    #expect(output.contains("CLINIC_SOCKET: at most 107 bytes"))
    #expect(output.contains("CLINIC_TLS_KEY: without CLINIC_TLS_CERTIFICATE"))
    #expect(output.contains("CLINIC_TLS_CLIENT_ROLES: without CLINIC_TLS_CERTIFICATE"))
    #expect(output.contains("CLINIC_TIMEZONE: there is no such key; is CLINIC_TIME_ZONE meant?"))
    #expect(output.contains("CLINIC_NOTHING_LIKE_IT_AT_ALL: there is no such key\n"))
    #expect(output.contains("CLINIC_MAX_DEPTH: a number from 4 to 1000"))
    #expect(output.contains("SECRET_KEY: 32 bytes or more"))
    #expect(output.contains("MONGO_URL: must be given"))
    #expect(!output.contains("too-short"))
  }

  @Test("a password that is not percent-encoded is seen before a store's library names parts of it")
  func ambiguousURLs() async throws {
    for url in [
      "postgresql://clinic:part1@part2@localhost/clinic", "redis://:part1/part2@localhost",
      "postgresql://clinic:part1/part2@localhost:5432/clinic",
      "mongodb://clinic:part1?part2@localhost/clinic", "redis://u:part1#part2@localhost/0",
      "postgresql://u:part1@part2/part3@db/clinic",
    ] {
      #expect(StoreURL.isAmbiguous(url), "\(url)")
    }
    for url in [
      "postgresql://clinic:p%40ss@db/clinic?sslmode=require", "postgresql:///clinic?user=a@b",
      "postgresql://clinic:secret@/clinic?host=%2Frun%2Fpostgres", "redis://localhost:6379/0",
      "unix://:secret@/run/redis.sock?db=0", "redis://[::1]:6379", "dbname=clinic",
      "mongodb://clinic:secret@one:27017,two:27017/clinic?replicaSet=a",
      "postgresql://localhost:5432/odd@name", "postgresql://[::1]/clinic?user=a@b",
      "postgresql://[::1]:5432,two:5432/clinic?user=a@b",
    ] {
      #expect(!StoreURL.isAmbiguous(url), "\(url)")
    }
    let (status, output) = try await check([
      "DATABASE_URL": "postgresql://clinic:part1@part2@localhost/clinic",
      "MONGO_URL": "mongodb://clinic:part1@part2@localhost/clinic",
      "CLINIC_TCP_ADDRESS": "127.0.0.1:7000", "CLINIC_WEB_ADDRESS": "127.0.0.1:7000",
    ])
    #expect(status == 1)
    #expect(output.contains("DATABASE_URL: in a user or a password, @"))
    #expect(output.contains("MONGO_URL: in a user or a password, @"))
    #expect(output.contains("CLINIC_WEB_ADDRESS: the address of CLINIC_TCP_ADDRESS"))
    #expect(!output.contains("part1") && !output.contains("part2"))
  }

  @Test("check: what stands on paper is seen, and nothing in it is obeyed")
  func letterhead() async throws {
    let (status, output) = try await check([
      "CLINIC_NAME": " \u{200B}", "CLINIC_ADDRESS": "1 Long Road\nSome \u{1B}[31mTown",
      "CLINIC_CURRENCY": "US\nD",
    ])
    #expect(status == 1)
    #expect(output.contains("CLINIC_NAME: more than blanks"))
    #expect(output.contains("CLINIC_ADDRESS: lines without control characters"))
    #expect(output.contains("CLINIC_CURRENCY: one line without control characters"))
    let lines = ["CLINIC_NAME": " Lotus ", "CLINIC_ADDRESS": "1 Long Road\nSome Town"]
    #expect(try await check(lines, "--configuration") == (0, "configuration: ok\n"))
  }

  @Test("check: each URL that is none is named, and not shown")
  func namesURLs() async throws {
    let (status, output) = try await check(
      [
        "DATABASE_URL": "nothing-of-that-kind", "REDIS_URL": "http://nothing-of-that-kind",
        "MONGO_URL": "nothing-of-that-kind",
      ], "--configuration")
    #expect(status == 1)
    for name in ["DATABASE_URL", "REDIS_URL", "MONGO_URL"] {
      #expect(output.contains("\(name): a URL such as "), "\(output)")
    }
    #expect(!output.contains("nothing-of-that-kind"))
  }

  @Test("check: why a store cannot be used is told, and nothing of its URL")
  func reasons() async throws {
    let (status, output) = try await check([
      "CLINIC_STATE_DIRECTORY": "/tmp", "REDIS_URL": "redis://:secret-of-redis@localhost:1",
      "MONGO_URL": "mongodb://clinic:secret-of-mongo@localhost:1/clinic",
    ])
    #expect(status == 1)
    for store in ["postgresql", "redis", "mongodb"] {
      let line = output.split(separator: "\n").first { $0.contains("\(store): ") }
      #expect(line?.lowercased().contains("connection refused") == true, "\(output)")
    }
    #expect(!output.contains("secret-of"))
  }

  @Test("check: a user who is not there, and so has no role, is told and is no mistake")
  func unknownUser() async throws {
    let checked = try await check(
      ["CLINIC_ROLES": "rooot=ADMIN,@no-such-group=KIOSK"], "--configuration")
    let note = "CLINIC_ROLES: this machine has no user rooot, who is given no role"
    #expect(checked == (0, "configuration: ok\n\(note)\n"))
  }

  @Test("a name that begins like an address of loopback is none")
  func loopback() async throws {
    let (status, output) = try await check(
      ["CLINIC_TCP_ADDRESS": "127.0.0.1.example:7654", "CLINIC_WEB_ADDRESS": "127.0.0.2:7680"],
      "--configuration")
    #expect(status == 1)
    #expect(output.contains("CLINIC_TCP_ADDRESS: not loopback"))
    #expect(!output.contains("CLINIC_WEB_ADDRESS"))
  }

  @Test("a port alone is one on loopback", arguments: [("7655", 0), ("65536", 1), ("none", 1)])
  func ports(_ port: String, _ expected: Int32) async throws {
    for name in ["CLINIC_TCP", "CLINIC_WEB"] {
      let (status, output) = try await check(
        ["\(name)_ADDRESS": "", "\(name)_PORT": port], "--configuration")
      #expect(status == expected)
      #expect(output.contains("\(name)_PORT: a number") == (expected == 1))
    }
  }

  @Test("the file of MongoDB's library is gone after each program")
  func counters() async throws {
    for (program, arguments) in [
      ("clinicd", ["check", "--configuration"]), ("clinicctl", ["config"]),
    ] {
      try await inFolder { folder in
        let process = ChildProcess(
          try testSetting("CLINIC_TEST_BIN") + "/" + program, arguments, environment: Self.valid,
          in: folder, log: "\(folder)/log")
        try process.start()
        let id = process.id
        #expect(try await exitStatus(of: process) == 0)
        await process.stop()
        #expect(!SmallFile.exists("/dev/shm/mongoc-\(id)"))
      }
    }
  }

  @Test(
    "output that is lost is an error",
    arguments: [
      "clinicd keys", "clinicd discover", "clinicd check --configuration", "clinicctl --help",
      "clinicctl --version", "clinicctl config",
    ])
  func fullOutput(command: String) async throws {
    try await inFolder { folder in
      let program = try testSetting("CLINIC_TEST_BIN") + "/" + command
      for (output, expected) in [("/dev/full", 1 as Int32), ("/dev/null", 0)] {
        let process = ChildProcess(
          "sh", ["-c", "exec \(program) >\(output)"], environment: Self.valid, in: folder,
          log: "\(folder)/log")
        try process.start()
        #expect(try await exitStatus(of: process) == expected, "\(command) >\(output)")
        await process.stop()
      }
    }
  }

  @Test("check: the store that does not answer is named")
  func reachesStores() async throws {
    #expect(try await check([:], "--configuration") == (0, "configuration: ok\n"))
    let (status, output) = try await check([:])
    #expect(status == 1)
    #expect(output.hasPrefix("configuration: ok\nclinicd: postgresql: "))
    #expect(!output.contains("secret-of-the-database"))
  }

  @Test("check: a rule of POSIX is no zone's name", arguments: ["Etc/UTC+3", "ABC-3:30", "EST5"])
  func zoneRule(zone: String) async throws {
    let (status, output) = try await check([
      "CLINIC_TIME_ZONE": zone, "DATABASE_URL": try testSetting("CLINIC_TEST_DATABASE_URL"),
    ])
    #expect(status == 1)
    #expect(output.contains("CLINIC_TIME_ZONE: \(zone) is no IANA name"))
  }

  @Test("a zone that PostgreSQL does not know is named, by check and at the start")
  func unknownZone() async throws {
    let settings = [
      "CLINIC_TIME_ZONE": "Europe/Nowhere",
      "DATABASE_URL": try testSetting("CLINIC_TEST_DATABASE_URL"),
    ]
    let complaint = "clinicd: CLINIC_TIME_ZONE: PostgreSQL knows no zone Europe/Nowhere\n"
    let (status, output) = try await check(settings)
    #expect(status == 1)
    #expect(output.hasPrefix("configuration: ok\n" + complaint))
    try await inFolder { folder in
      let started = try await finished(
        "clinicd", [], environment: Self.valid.merging(settings) { $1 }, in: folder)
      #expect(started.status == 1)
      #expect(started.output.hasSuffix(complaint))
    }
  }

  @Test("config: secrets are hidden; credentials win, and a reload's files over what was there")
  func shows() async throws {
    try await inFolder { folder in
      try SmallFile.makeFolder("\(folder)/credentials")
      try SmallFile.makeFolder("\(folder)/reload")
      try SmallFile.write(Array("from-a-file\n".utf8), to: "\(folder)/credentials/secret_key")
      try SmallFile.write(Array("\n".utf8), to: "\(folder)/credentials/redis_url")
      try SmallFile.write(
        Array("CLINIC_MAX_DEPTH=32\nSECRET_KEY=loses\n".utf8), to: "\(folder)/reload/clinicd.env")
      let (status, output) = try await finished(
        "clinicctl", ["config"],
        environment: Self.valid.merging([
          "CREDENTIALS_DIRECTORY": "\(folder)/credentials", "RUNTIME_DIRECTORY": "\(folder)/reload",
          "CLINIC_MAX_DEPTH": "16", "CLINIC_MAX_BATCH": "7",
        ]) { $1 }, in: folder)
      #expect(status == 0)
      for secret in ["from-a-file", "loses", "secret-of-the-database", "of tests alone"] {
        #expect(!output.contains(secret))
      }
      let items = try JSONDocument(parsing: output).root.list("items")
      func item(_ key: String) -> String? {
        items.first { $0["key"]?.string == key }.map {
          "\($0["value"]?.string ?? "nothing") \($0["from"]?.string ?? "")"
        }
      }
      #expect(item("SECRET_KEY") == "(hidden) credential")
      #expect(item("REDIS_URL") == "(hidden) environment")
      #expect(item("CLINIC_MAX_DEPTH") == "32 file")
      #expect(item("CLINIC_MAX_BATCH") == "7 environment")
      #expect(item("CLINIC_TIME_ZONE") == "UTC default")
      #expect(items.count == ConfigurationKey.all.count)
    }
  }
}
