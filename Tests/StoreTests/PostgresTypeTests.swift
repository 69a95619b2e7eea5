import Postgres
import Testing

extension PostgresTests {
  @Suite struct Types {
    private enum Mood: String, PostgresEncodable, PostgresDecodable {
      case calm, cross
    }

    private struct Number: RawRepresentable, Hashable, PostgresEncodable, PostgresDecodable {
      var rawValue: Int64
    }

    /// Sends values and reads them back.
    private static func echo<Value: PostgresEncodable & PostgresDecodable & Equatable>(
      _ values: [Value], _ client: PostgresClient, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      for value in values {
        let rows = try await client.query("SELECT \(value), \(Value?.none), \(Value?.some(value))")
        var cells = rows[0].cells
        #expect(try cells.next() == value, sourceLocation: sourceLocation)
        #expect(try cells.next(as: Value?.self) == nil, sourceLocation: sourceLocation)
        #expect(try cells.next(as: Value?.self) == value, sourceLocation: sourceLocation)
      }
    }

    @Test func valuesComeBackAsTheyWereSent() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        try await Self.echo([0, 1, -1, .max, .min] as [Int], client)
        try await Self.echo([.max, .min] as [Int64], client)
        try await Self.echo([.max, .min, 0] as [Int32], client)
        try await Self.echo([true, false], client)
        try await Self.echo(
          ["", "a", "Zoë \u{1F642} \"'\\", String(repeating: "x", count: 100_000)], client)
        try await Self.echo([[], [0], Array(0...255)] as [[UInt8]], client)
        try await Self.echo([0, -0.5, .infinity, .leastNonzeroMagnitude, .pi], client)
        try await Self.echo([Mood.calm, .cross], client)
        try await Self.echo([Number(rawValue: 7)], client)
        try await Self.echo([PostgresDate(days: 0), PostgresDate(days: -1)], client)
        try await Self.echo(
          [0, -1, 946_684_800_000_000, .max, .min].map { PostgresTimestamp(microseconds: $0) },
          client)
        try await Self.echo([PostgresTime(microseconds: 86_399_999_999)], client)
        try await Self.echo([JSONB(Array(#"{"a": [1, null]}"#.utf8))], client)
        try await Self.echo([[1, 2, 3], []] as [[Int64]], client)
        try await Self.echo([[1, nil, 3]] as [[Int?]], client)
        try await Self.echo([[1, -1], [nil]] as [[Int32?]], client)
        try await Self.echo([["", "b", nil]] as [[String?]], client)
        try await Self.echo([[true, false]], client)
        try await Self.echo([[0.5]], client)
        try await Self.echo([[[], [1, 2]]] as [[[UInt8]]], client)
        try await Self.echo([[Mood.calm], []], client)
        try await Self.echo([[PostgresDate(days: 3)]], client)
      }
    }

    @Test func numbersKeepEveryDigit() async throws {
      try await PostgresTesting.run { testing in
        let texts = [
          "0", "0.00", "1", "-1", "10000", "9999.9999", "12345678901234567890.000100", "0.00001",
          "-0.5", "1e20", "1e-20", "100000000", "0.1234", "0.12345", "NaN", "Infinity", "-Infinity",
          "99.90", "10000.0001",
        ]
        for text in texts {
          let rows = try await testing.client.query(
            "SELECT \(Numeric(text: text)), \(Numeric(text: text))::text")
          var cells = rows[0].cells
          let number: Numeric = try cells.next()
          #expect(try number.text == cells.next())
        }
      }
    }

    @Test func otherTypesOfTheServersAreRead() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        _ = try await client.query("CREATE TYPE mood AS ENUM ('calm', 'cross')")
        let rows = try await client.query(
          """
          SELECT 7::int2, 7::int4, 7::oid, 1.5::float4, 'a'::varchar, 'b'::char(2), 'c'::name,
            '{"k":1}'::json, '{"k": 1}'::jsonb, \("cross")::mood, 'calm'::mood,
            '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid, '2001-01-01'::timestamp, '{1,2}'::int2[]
          """)
        var cells = rows[0].cells
        #expect(try cells.next() == Int(7))
        #expect(try cells.next() == Int64(7))
        #expect(try cells.next(as: Int32.self) == 7)
        #expect(try cells.next(as: Double.self) == 1.5)
        #expect(try cells.next() == "a")
        #expect(try cells.next() == "b ")
        #expect(try cells.next() == "c")
        #expect(try cells.next(as: JSONB.self).bytes == Array(#"{"k":1}"#.utf8))
        #expect(try cells.next() == #"{"k": 1}"#)
        #expect(try cells.next(as: Mood.self) == .cross)
        #expect(try cells.next() == "calm")
        #expect(try cells.next() == "6ba7b810-9dad-11d1-80b4-00c04fd430c8")
        #expect(try cells.next(as: PostgresTimestamp.self).microseconds == 978_307_200_000_000)
        #expect(try cells.next(as: [Int].self) == [1, 2])
        #expect(throws: PostgresError.self) { try cells.next(as: Int.self) }
      }
    }

    @Test func cellsOfAnotherTypeAreRefusedByName() async throws {
      try await PostgresTesting.run { testing in
        let rows = try await testing.client.query(
          """
          SELECT 5000000000 AS big, NULL::int AS nothing, 'x' AS letter, 1 AS number,
            '{{1,2},{3,4}}'::int[] AS square, '{1,NULL}'::int[] AS holed, 'odd' AS mood
          """)
        var cells = rows[0].cells
        func refusal(_ read: (inout Cells) throws -> Void) async -> String? {
          let error = await postgresError { try read(&cells) }
          #expect(error?.kind == .decoding)
          return error?.column
        }
        #expect(await refusal { _ = try $0.next(as: Int32.self) } == "big")
        #expect(await refusal { _ = try $0.next(as: Int.self) } == "nothing")
        #expect(await refusal { _ = try $0.next(as: Int.self) } == "letter")
        #expect(await refusal { _ = try $0.next(as: String.self) } == "number")
        #expect(await refusal { _ = try $0.next(as: [Int].self) } == "square")
        #expect(await refusal { _ = try $0.next(as: [Int].self) } == "holed")
        #expect(await refusal { _ = try $0.next(as: Mood.self) } == "mood")
      }
    }

    private struct Patient: RowDecodable, Equatable {
      var id: Int64
      var name: String?

      init(id: Int64, name: String?) {
        self.id = id
        self.name = name
      }

      init(cells: inout Cells) throws(PostgresError) {
        id = try cells.next()
        name = try cells.next()
      }
    }

    @Test func rowsBecomeValues() async throws {
      try await PostgresTesting.run { testing in
        let rows = try await testing.client.query(
          "SELECT * FROM unnest(\([1, 2] as [Int64]), \(["a", nil] as [String?]))")
        #expect(rows.count == 2 && rows.affected == 2)
        let patients = try rows.decode(as: Patient.self)
        #expect(patients == [Patient(id: 1, name: "a"), Patient(id: 2, name: nil)])
        #expect(try rows.column(as: Int.self) == [1, 2])
        #expect(try rows.map { try $0.decode(as: Patient.self).id } == [1, 2])
        #expect(try await testing.client.query("SELECT 1 WHERE false").isEmpty)
        _ = try await testing.client.query("CREATE TABLE t (id int)")
        let inserted = try await testing.client.query("INSERT INTO t SELECT generate_series(1, 5)")
        #expect(inserted.affected == 5 && inserted.isEmpty)
      }
    }
  }
}
