import Testing

@testable import Postgres

@Suite struct PostgresSQLTests {
  @Test func valuesBecomeParameters() {
    let name: String? = nil
    let sql: SQL = "SELECT \(1) + \(2 as Int32), \("it's"), \(name), \(true)"
    #expect(sql.text == "SELECT $1 + $2, $3, $4, $5")
    #expect(sql.parameters.map(\.type) == [.int8, .int4, .text, .text, .bool])
    #expect(sql.parameters.map(\.length) == [8, 4, 4, -1, 1])
    #expect(sql.values.bytes == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2] + Array("it's".utf8) + [1])
  }

  @Test func statementsAreSplicedAndRenumbered() {
    let condition: SQL = "b = \(20) AND c = '$1' AND d = \("x")"
    let sql: SQL = "SELECT \(raw: "a, b") FROM t WHERE a = \(10) AND \(sql: condition) LIMIT \(3)"
    #expect(
      sql.text == "SELECT a, b FROM t WHERE a = $1 AND b = $2 AND c = '$1' AND d = $3 LIMIT $4")
    #expect(sql.parameters.map(\.offset) == [0, 8, 16, 17])
    let nested: SQL = "\(0) \(sql: sql)"
    #expect(nested.text.hasPrefix("$1 SELECT a, b FROM t WHERE a = $2 AND b = $3 AND c = '$1'"))
    #expect(nested.parameters.count == 5)
  }

  @Test func manyPartsAreJoined() {
    let parts = (1...12).map { number -> SQL in "(\(number), \(String(number)))" }
    let sql: SQL = "VALUES \(sql: parts.joined(separator: ", "))"
    #expect(sql.text.hasPrefix("VALUES ($1, $2), ($3, $4), "))
    #expect(sql.text.hasSuffix("($23, $24)"))
    var appended: SQL = "SELECT \(1)"
    appended.append(" WHERE x = \(2)")
    #expect(appended.text == "SELECT $1 WHERE x = $2")
  }

  @Test func arraysHaveTheServersForm() {
    let sql: SQL = "\([7, nil] as [Int32?]) \([UInt8]([1, 2])) \([[1], []] as [[UInt8]])"
    #expect(sql.parameters.map(\.type.oid) == [1007, 17, 1001])
    let array: [UInt8] = [
      0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 23, 0, 0, 0, 2, 0, 0, 0, 1,
      0, 0, 0, 4, 0, 0, 0, 7, 255, 255, 255, 255,
    ]
    #expect(sql.values.bytes.prefix(array.count) == array[...])
  }

  @Test func errorsSayNothingOfTheData() {
    let error = PostgresError(
      .server, .init(sqlState: "23505", constraint: "patients_phone_key", message: "secret"))
    #expect("\(error)" == "postgres: server 23505 patients_phone_key")
  }

  @Test func statementCacheForgetsTheLeastUsed() {
    var cache = StatementCache()
    let statements = (0..<StatementCache.capacity).map { number -> PreparedStatement in
      cache.insert("SELECT \(raw: String(number))").0
    }
    #expect(cache.find("SELECT \(raw: "0")") === statements[0])
    #expect(cache.find("SELECT \(raw: "0") \(1)") == nil)
    #expect(cache.insert("SELECT new").evicted === statements[1])
    cache.remove(statements[2])
    #expect(cache.find("SELECT \(raw: "2")") == nil)
    #expect(cache.insert("SELECT \(1)").evicted == nil)
    let texts = cache.insert("SELECT \("a")").0
    #expect(cache.find("SELECT \("b")") === texts)
    #expect(cache.find("SELECT \(2)")?.types == [.int8])
  }

  @Test func ringsKeepTheirOrderWhileTheyGrow() {
    var ring = Ring<Int>()
    var expected: [Int] = []
    for number in 0..<1_000 {
      ring.append(number)
      expected.append(number)
      if number.isMultiple(of: 3) { #expect(ring.popFirst() == expected.removeFirst()) }
    }
    ring.removeAll { $0.isMultiple(of: 2) }
    #expect(ring.first == expected.first { !$0.isMultiple(of: 2) })
    #expect(ring.removeAll() == expected.filter { !$0.isMultiple(of: 2) })
    #expect(ring.isEmpty && ring.popFirst() == nil)
  }

  @Test func driversNamesLeaveTheURL() throws {
    let parameters = try ConnectionParameters(
      url: "postgresql+asyncpg://clinic:p%40ss@db.example:5433/clinic?sslmode=require",
      applicationName: "clinicd", sessionSettings: [("search_path", "a, b"), ("TimeZone", "UTC")])
    let pairs = Dictionary(uniqueKeysWithValues: parameters.pairs.map { ($0.keyword, $0.value) })
    #expect(pairs["host"] == "db.example" && pairs["port"] == "5433")
    #expect(pairs["user"] == "clinic" && pairs["password"] == "p@ss")
    #expect(pairs["sslmode"] == "require" && pairs["application_name"] == "clinicd")
    #expect(pairs["options"] == #"-c search_path=a,\ b -c TimeZone=UTC"#)
  }

  @Test func whatTheURLSetsWins() throws {
    let parameters = try ConnectionParameters(
      url: "host=/run/db application_name=own options='-c work_mem=1MB'",
      applicationName: "clinicd",
      sessionSettings: [("TimeZone", "UTC")])
    let pairs = Dictionary(uniqueKeysWithValues: parameters.pairs.map { ($0.keyword, $0.value) })
    #expect(pairs["application_name"] == "own")
    #expect(pairs["options"] == "-c TimeZone=UTC -c work_mem=1MB")
    #expect(throws: PostgresError.self) {
      try ConnectionParameters(url: "postgres://%zz", applicationName: "", sessionSettings: [])
    }
  }
}
