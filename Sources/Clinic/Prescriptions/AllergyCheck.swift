import JSONRPC
package import Postgres

/// Compares medicines with the allergies that a patient's record holds (rule 30), when they are
/// prescribed and when they are dispensed.
package struct AllergyCheck: Sendable {
  /// The outcome. A check that could not compare everything is never called clear.
  package enum Outcome: String, Codable, CaseIterable, Sendable, PostgresEncodable,
    PostgresDecodable, JSONSchemaRepresentable
  {
    case clear = "CLEAR"
    case match = "MATCH"
    /// Something could not be compared: an allergy and a medicine that are written in different
    /// scripts, or in none.
    case notRun = "NOT_RUN"
  }

  package let outcome: Outcome
  package let warnings: [AllergyWarning]

  /// Checks medicines under the lock of the patient's row, so that an allergy recorded meanwhile is
  /// seen either by this check or by the one that records it. The caller has locked the row; if it
  /// was that of a patient who was merged meanwhile, the command begins again.
  ///
  /// - Parameter prescription: a prescription in which the medicines may have other names, which
  ///   count too.
  /// - Throws: `not_found` for a medicine that does not exist.
  package static func run(
    _ medicines: [ID<Medicine>], of prescription: ID<Prescription>? = nil,
    for patient: ID<Patient>, in transaction: Transaction
  ) async throws -> AllergyCheck {
    let results = try await transaction.pipeline([
      """
      SELECT allergies, ARRAY(SELECT substances(allergy) FROM unnest(allergies) WITH ORDINALITY \
      AS a (allergy, position) ORDER BY position) FROM patients \
      WHERE id = \(patient) FOR SHARE NOWAIT
      """,
      """
      SELECT id, substances(name), substances(generic_name), substances(drug_class) \
      FROM medicines WHERE id = ANY(\(medicines)) UNION SELECT m.id, \
      substances(t.medicine_name), substances(t.generic_name), substances(m.drug_class) \
      FROM prescription_items t JOIN medicines m ON m.id = t.medicine_id \
      WHERE t.prescription_id = \(prescription) AND m.id = ANY(\(medicines)) ORDER BY 1, 2
      """,
    ])
    guard let row = results[0].first else { throw ClinicError.notFound("patient", patient) }
    var cells = row.cells
    let allergies: [String] = try cells.next()
    let folded: [String] = try cells.next()
    let substances = try results[1].decode(as: Substance.self)
    let known = Set(substances.map(\.id))
    if let unknown = medicines.first(where: { !known.contains($0) }) {
      throw ClinicError.notFound("medicine", unknown)
    }
    return await AllergyCheck(
      of: substances, against: zip(allergies, folded).map { Allergy(text: $0, folded: $1) })
  }

  /// Refuses a match for which nobody gives a reason. The refusal names the medicines and nothing
  /// of the patient.
  package func require(override reason: Note?) throws(ClinicError) {
    guard outcome == .match, reason == nil else { return }
    throw ClinicError(.allergyMatch).with("warnings", .raw(warningsOfMedicines))
  }

  private var warningsOfMedicines: [UInt8] {
    var json = JSONWriter()
    json.beginArray()
    for warning in warnings {
      json.beginObject()
      json.member("medicine_id", Int(warning.medicineID.rawValue))
      json.member("matched", warning.matched.rawValue)
      json.endObject()
    }
    json.endArray()
    return json.finish()
  }
}

/// A medicine that matches an allergy.
package struct AllergyWarning: Codable, Sendable, Equatable {
  /// Which of the medicine's names matched.
  package enum Matched: String, Codable, CaseIterable, Sendable, JSONSchemaRepresentable {
    case name
    case genericName = "generic_name"
    case drugClass = "drug_class"
  }

  package let medicineID: ID<Medicine>
  /// The allergy as the patient's record has it.
  package let allergy: String
  package let matched: Matched
}

// MARK: - Comparing

extension AllergyCheck {
  /// A medicine, its names as `substances()` in PostgreSQL gives them.
  struct Substance: Sendable {
    let id: ID<Medicine>
    let name: String
    let genericName: String?
    let drugClass: String?

    /// The names of the medicine that are compared.
    var terms: [(AllergyWarning.Matched, Words)] {
      [(.name, name), (.genericName, genericName), (.drugClass, drugClass)].compactMap {
        term, text in
        text.map { (term, Words(folded: $0)) }
      }
    }
  }

  /// An allergy, as it is recorded and as `substances()` in PostgreSQL gives it.
  struct Allergy: Sendable {
    let text: String
    let folded: String
  }

  /// Lets others have their turn after each substance: many long texts take a while.
  init(of substances: [Substance], against allergies: [Allergy]) async {
    var warnings: [AllergyWarning] = []
    var isComplete = true
    let recorded = allergies.map { (text: $0.text, words: Words(folded: $0.folded)) }
    for substance in substances {
      let terms = substance.terms
      for allergy in recorded {
        if let (matched, _) = terms.first(where: { $0.1.match(allergy.words) }) {
          // Of a medicine that was renamed there are two.
          guard
            !warnings.contains(where: {
              $0.medicineID == substance.id && $0.allergy == allergy.text
            })
          else { continue }
          warnings.append(
            AllergyWarning(medicineID: substance.id, allergy: allergy.text, matched: matched))
        } else if !terms.allSatisfy({ $0.1.isComparable(with: allergy.words) }) {
          isComplete = false
        }
      }
      await Task.yield()
    }
    self.warnings = warnings
    outcome = warnings.isEmpty ? (isComplete ? .clear : .notRun) : .match
  }

  /// The words that tell substances apart.
  struct Words: Sendable {
    private struct Word: Hashable {
      let letters: [Character]
      /// Short Latin words stand in too many others: iron in spironolactone.
      let mayBeContained: Bool

      init(_ text: Substring) {
        let word = Self.singular(text)
        mayBeContained = word.count >= (text.utf8.allSatisfy { $0 < 0x80 } ? 5 : 2)
        var letters = Self.spellings.reduce(String(word)) { $0.replacing($1.0, with: $1.1) }
          .reduce(into: [Character]()) { if $0.last != $1 { $0.append($1) } }
        if letters.count > 5, let last = letters.last, "aeo".contains(last) { letters.removeLast() }
        self.letters = letters
      }

      /// What languages spell differently, beside doubled letters and a vowel at the end:
      /// `sulphonamide`, `erythromycin` and `eritromicina`, `chloramphenicol` and `cloranfenicol`,
      /// `Penizillin`.
      private static let spellings = [
        ("ph", "f"), ("th", "t"), ("ch", "c"), ("mf", "nf"), ("y", "i"), ("k", "c"), ("z", "c"),
      ]

      /// `arbs` is `arb`.
      static func singular(_ text: Substring) -> Substring {
        text.count >= 4 && text.hasSuffix("s") ? text.dropLast() : text
      }
    }
    private let text: String
    private let all: Set<Word>
    /// The words without those that many texts have in common, if any are left.
    private let telling: Set<Word>
    private let isCommon: Bool
    private let scripts: Set<Script>

    init(folded text: String) {
      // Arabic and Persian keyboards write the same letter differently.
      let text = String(
        String.UnicodeScalarView(text.unicodeScalars.map { Self.sameLetters[$0] ?? $0 }))
      // A number begins a dose, a pack or a year.
      let words = text.split(separator: " ").filter {
        $0.contains(where: \.isLetter) && $0.first?.isNumber == false
      }
      let others = words.filter { !Self.commonWords.contains(String($0)) }
      // `phosphates` alone is as common as `phosphate`; beside other words it may tell something.
      isCommon = others.allSatisfy { Self.commonWords.contains(String(Word.singular($0))) }
      let telling = isCommon ? words : others
      self.text = text
      all = Set(words.map(Word.init))
      self.telling = Set(telling.map(Word.init))
      scripts = Set(telling.flatMap { $0.unicodeScalars.compactMap(Script.init(of:)) })
    }

    private static let sameLetters: [Unicode.Scalar: Unicode.Scalar] = [
      "\u{6CC}": "\u{64A}", "\u{649}": "\u{64A}", "\u{6A9}": "\u{643}",
    ]

    /// Whether a word of one text is a word of the other, is contained in one (`penicillin` in
    /// `penicillins`, `statin` in `atorvastatin`), or differs from one only in its ending
    /// (`amoxicilina`). Common words count for an allergy that has no others: `potassium`.
    func match(_ allergy: Words) -> Bool {
      if text == allergy.text, !text.isEmpty { return true }
      let words = allergy.isCommon ? all : telling
      if !words.isDisjoint(with: allergy.telling) { return true }
      return words.contains { word in
        allergy.telling.contains {
          Self.contains(word, $0) || Self.contains($0, word) || Self.differInEndings(word, $0)
        }
      }
    }

    /// Whether every word could match a word of the other text: nothing matches across scripts, and
    /// a text in two scripts is compared only in part.
    func isComparable(with other: Words) -> Bool {
      scripts.count == 1 && scripts == other.scripts
    }

    private static func contains(_ long: Word, _ short: Word) -> Bool {
      let places = long.letters.count - short.letters.count
      guard short.mayBeContained, places > 0 else { return false }
      return (0...places).contains { long.letters[$0...].starts(with: short.letters) }
    }

    private static func differInEndings(_ a: Word, _ b: Word) -> Bool {
      let (a, b) = (a.letters, b.letters)
      guard min(a.count, b.count) >= 8, abs(a.count - b.count) <= 3 else { return false }
      let common = zip(a, b).prefix { $0 == $1 }.count
      return common >= 8 && a.count - common <= 3 && b.count - common <= 3
    }

    /// Words that many medicines, or many records of allergies, have in common.
    private static let commonWords: Set<String> = [
      "acid", "agent", "agents", "allergic", "allergies", "allergy", "ampoule", "and", "blocker",
      "blockers", "cap", "caps", "capsule", "capsules", "chloride", "co", "cr", "cream", "dose",
      "drops", "drug", "drugs", "ec", "er", "from", "g", "gel", "history", "hydrochloride", "im",
      "in", "inhaler", "inhibitor", "inhibitors", "inj", "injection", "iu", "iv", "known", "low",
      "maleate", "mcg", "medicine", "medicines", "mg", "mild", "ml", "mr", "of", "oint",
      "ointment", "on", "oral", "patch", "phosphate", "possible", "potassium", "rash", "reaction",
      "reactions", "receptor", "sc", "severe", "sodium", "solution", "sr", "sulfate", "sulphate",
      "susp", "suspension", "syr", "syrup", "tab", "tablet", "tablets", "tabs", "the", "to",
      "unit", "units", "v", "vial", "vit", "vitamin", "w", "with", "xr", "µg", "μg", "г", "мг",
      "мкг", "мл",
    ]
  }
}

/// A writing system, as far as it takes to know which words cannot match.
private struct Script: Hashable {
  /// The code point at which the block of its letters begins.
  private let start: UInt32

  /// `nil` for what is no letter.
  init?(of scalar: Unicode.Scalar) {
    guard scalar.properties.isAlphabetic else { return nil }
    switch scalar.value {
    case 0x370..<0x400, 0x1F00..<0x2000: start = 0x370  // Greek
    case 0x400..<0x530: start = 0x400  // Cyrillic
    case 0x590..<0x600, 0xFB1D..<0xFB50: start = 0x590  // Hebrew
    case 0x600..<0x780, 0x8A0..<0x900, 0xFB50..<0xFE00, 0xFE70..<0xFF00: start = 0x600  // Arabic
    case 0x1100..<0x1200, 0x3130..<0x3190, 0xAC00..<0xD7B0: start = 0x1100  // Hangul
    case 0x3040..<0x30A0: start = 0x3040  // Hiragana
    case 0x30A0..<0x3100: start = 0x30A0  // Katakana
    case 0x2E80..<0x3040, 0x3400..<0xA000, 0xF900..<0xFB00, 0x20000...: start = 0x2E80  // Han
    // Most others have such a block each, those of India for instance. What `folded` leaves of
    // Latin beyond ASCII are letters that only look like others.
    default: start = scalar.value & ~0x7F
    }
  }
}

extension AllergyCheck.Substance: RowDecodable {
  init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    name = try cells.next()
    genericName = try cells.next()
    drugClass = try cells.next()
  }
}
