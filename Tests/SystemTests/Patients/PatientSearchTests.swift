import JSONRPC
import Postgres
import Testing

@testable import Clinic

/// Rule 3: search ignores case, accents, repeated spaces, and punctuation in phones.
@Suite struct PatientSearchTests {
  private static let patients: [(name: String, phone: String?)] = [
    ("José  Núñez", "+44 (0)20 7946-0123"), ("Siobhán O'Brien-Ní Bhriain", "020.7946.0999"),
    ("小明 王", nil), ("आशा शर्मा", "98765 43210"), ("Дарья Коваль", nil), ("MÜLLER, Jürgen", "112"),
    ("Zoe\u{301} Lefe\u{300}vre", nil), ("Ann Lee", "0712 345 678"), ("Anna Lee", nil),
    ("Γιώργος Παπαδόπουλος", nil), ("김철수", nil),
    ("مُحَمَّد أحمد", nil), ("محـــمد آمنة", nil), ("שָׁלוֹם כהן", nil), ("علی کریمی", nil),
  ]

  /// What is typed, and who is found (indexes into `patients`).
  private static let searches: [(String, [Int])] = [
    ("jose nunez", [0]), ("JOSÉ", [0]), ("núñez josé", [0]), ("  jose   nunez ", [0]), ("ose", [0]),
    ("Jose\u{301}", [0]), ("obrien", [1]), ("o'brien", [1]), ("O’Brien", [1]), ("ni bhriain", [1]),
    ("小明", [2]), ("王", [2]), ("明", [2]), ("明王", [2]), ("王小", []), ("小 王", [2]), ("小明王", [2]),
    ("ΠΑΠΑΔΟΠΟΥΛΟΣ", [9]), ("παπαδόπουλος γιώργος", [9]), ("철수", [10]), ("수", [10]),
    ("철수김", []), ("आशा", [3]), ("коваль", [4]), ("КОВАЛЬ", [4]), ("muller", [5]),
    ("Jürgen Müller", [5]), ("zoé lefèvre", [6]), ("zoe lefevre", [6]), ("ann", [7, 8]),
    ("lee", [7, 8]),
    ("anna lee", [8]), ("le an", [7, 8]), ("nobody", []), ("jose lee", []),
    ("946 0123", [0]), ("7946", [0, 1]), ("020 7946-0999", [1]), ("(020)79460999", [1]),
    ("79460123", [0]), ("núñez 7946-0123", [0]), ("jose (020) 7946/0123", [0]),
    ("lee 0712.345", [7]), ("lee 7946-0123", []),
    ("98765", [3]), ("9876543210", [3]), ("0712345678", [7]), ("0712.345.678", [7]),
    ("محمد", [11, 12]), ("مُحَمَّد", [11, 12]), ("احمد", [11]), ("أحمد", [11]), ("امنه", [12]),
    ("שלום", [13]), ("שָׁלוֹם", [13]), ("علي", [14]), ("كريمي", [14]),
    ("مُحَ", [11, 12]), ("حْمَ", []), ("مــ", [11, 12]),
    ("j%z", []), ("jos_", [0]), ("jos\\u", []), ("' OR 1=1 --", []),
    ("%", []), ("!!!", []), ("\\", []), ("🦄", []), ("lee - anna", [8]),
  ]

  @Test("rule 3: names and phones as people write them and as people type them")
  func search() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      var ids: [Int] = []
      for (name, phone) in Self.patients {
        let patient = try await desk.call(
          "patients.create", ["name": .string(name), "phone": phone.map(JSON.string) ?? .null])
        #expect(try patient.text("name").utf8.elementsEqual(name.utf8), "kept as it was given")
        ids.append(try patient.integer("id"))
      }
      for (typed, found) in Self.searches {
        let items = try await desk.call("patients.list", ["search": .string(typed)]).list("items")
        #expect(try items.map { try $0.integer("id") } == found.map { ids[$0] }, "\(typed)")
      }
    }
  }

  @Test("rule 3: zeros are looked for as they are", arguments: ["000", "0-0", "zoe 0", "(00) 0"])
  func zeros(_ typed: String) async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      for phone: JSON in [.null, "123456", "+44 7700 900001"] {
        try await desk.call("patients.create", ["name": "Zoe Lane", "phone": phone])
      }
      let items = try await desk.call("patients.list", ["search": .string(typed)]).list("items")
      #expect(try items.map { try $0.text("phone") } == ["+44 7700 900001"])
    }
  }

  @Test("rule 3: by id, and page by page without gap or repeat")
  func idsAndPages() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let ids = try await clinic.patients(25)
      let one = try await desk.call("patients.list", ["search": "\(ids[12])", "limit": 200])
      #expect(try one.list("items").contains { try $0.integer("id") == ids[12] })
      var seen: [Int] = []
      var cursor = JSON.null
      repeat {
        let page = try await desk.call(
          "patients.list", ["search": "patient", "limit": 7, "cursor": cursor])
        let items = try page.list("items")
        #expect(items.count <= 7 && !items.isEmpty)
        seen += try items.map { try $0.integer("id") }
        cursor = page["next_cursor"].json
        if try page.member("next_cursor").isNull { break }
      } while seen.count < 100
      #expect(seen == ids)
      for limit in [0, 201, -1] {
        #expect(
          try await desk.refused("patients.list", ["limit": .int(limit)]).reason == "out_of_range")
      }
    }
  }
}
