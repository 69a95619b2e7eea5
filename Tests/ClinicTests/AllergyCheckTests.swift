import JSONRPC
import Testing

@testable import Clinic

/// Rule 30: what counts as a match. Texts are as `folded()` in PostgreSQL gives them.
@Suite struct AllergyCheckTests {
  private func check(
    _ allergies: [String], name: String, generic: String? = nil, drugClass: String? = nil
  ) async -> AllergyCheck {
    await AllergyCheck(
      of: [
        AllergyCheck.Substance(
          id: ID(rawValue: 7), name: name, genericName: generic, drugClass: drugClass)
      ],
      against: allergies.map { AllergyCheck.Allergy(text: $0.uppercased(), folded: $0) })
  }

  @Test(
    "rule 30: a name, a generic name or a class matches, in whole words or within one",
    arguments: [
      ("penicillin", "augmentin", "amoxicillin", "penicillins", "drug_class"),
      ("amoxicillin", "amoxicillin 500 mg", nil, nil, "name"),
      ("allergic to amoxicillin severe rash", "amoxil", "amoxicillin", nil, "generic_name"),
      ("penicillins", "penicillin v", nil, nil, "name"),
      ("penicilline", "augmentin", "co-amoxiclav", "penicillins", "drug_class"),
      ("amoxicilina", "amoxicillin", nil, nil, "name"),
      ("penicilina", "penicillin v", nil, nil, "name"),
      ("penicilin", "augmentin", "amoxicillin", "penicillins", "drug_class"),
      ("ampicilina", "ampicillin", nil, nil, "name"),
      ("codeina", "codeine", nil, nil, "name"),
      ("morfina", "morphine", nil, nil, "name"),
      ("petidina", "pethidine", nil, nil, "name"),
      ("cafeina", "caffeine", nil, nil, "name"),
      ("ketamina", "ketamine", nil, nil, "name"),
      ("eritromicina", "erythromycin", nil, nil, "name"),
      ("erytromycin", "erythromycin", nil, nil, "name"),
      ("metotrexato", "methotrexate", nil, nil, "name"),
      ("teofilina", "theophylline", nil, nil, "name"),
      ("tiopental", "thiopental", nil, nil, "name"),
      ("cloranfenicol", "chloramphenicol", nil, nil, "name"),
      ("clorfenamina", "chlorphenamine", nil, nil, "name"),
      ("penizillin", "penicillin v", nil, nil, "name"),
      ("statins", "zocor", "simvastatin", "statins", "generic_name"),
      ("nsaid", "brufen", "ibuprofen", "nsaids", "drug_class"),
      ("asa", "aspirin", "asa", nil, "generic_name"),
      ("potassium", "augmentin", "clavulanate potassium", nil, "generic_name"),
      ("allergy to sulfate", "feosol", "ferrous sulfate", nil, "generic_name"),
      ("6mp", "6mp", "mercaptopurine", nil, "name"),
      ("999", "999", nil, nil, "name"),
      ("arb", "losartan", nil, "arbs", "drug_class"),
      ("ssris", "fluoxetine", nil, "ssri", "drug_class"),
      ("sulphonamides", "bactrim", "co trimoxazole", "sulfonamide", "drug_class"),
      ("amoxycillin", "novamox", "amoxicillin", nil, "generic_name"),
      ("amoxicillin", "novamox", "amoxycillin trihydrate", nil, "generic_name"),
      ("cyclosporin", "sandimmun", "ciclosporin", nil, "generic_name"),
      ("sulphates", "epsom salt", "magnesium sulfate", nil, "generic_name"),
      ("severe reaction to phosphates", "linctus", "codeine phosphate", nil, "generic_name"),
      ("multivitamins", "zincovit", nil, "vitamins and minerals", "drug_class"),
      ("vit b12", "neurobion", "vitamin b12", nil, "generic_name"),
      ("co trimoxazole", "septran", "co trimoxazole", nil, "generic_name"),
      ("पेनिसिलिन", "पेनिसिलिन v", nil, nil, "name"),
      ("青霉素", "青霉素钠", nil, nil, "name"),
      ("بنسيلين", "بنسیلین", nil, nil, "name"),
    ] as [(String, String, String?, String?, String)])
  func matches(
    allergy: String, name: String, generic: String?, drugClass: String?, matched: String
  ) async {
    let check = await check([allergy], name: name, generic: generic, drugClass: drugClass)
    #expect(check.outcome == .match)
    #expect(check.warnings.map(\.matched.rawValue) == [matched])
    #expect(check.warnings.map(\.allergy) == [allergy.uppercased()], "as it was recorded")
    #expect(check.warnings.map(\.medicineID.rawValue) == [7])
  }

  @Test(
    "rule 30: what has only common or short words together does not match",
    arguments: [
      ("iron", "aldactone", "spironolactone", "potassium sparing diuretic"),
      ("acetylsalicylic acid", "folvite", "folic acid", "vitamins"),
      ("ace inhibitors", "omez", "omeprazole", "proton pump inhibitors"),
      ("diclofenac sodium", "epilim", "sodium valproate", nil),
      ("clavulanate potassium", "slow k", "potassium chloride", nil),
      ("amoxicillin 500mg", "crocin 500mg", "paracetamol", nil),
      ("ceftriaxone 1gm", "amoxil 1gm", "amoxicillin", nil),
      ("insulin glargine 100u ml", "heparin 100u ml", "heparin", nil),
      ("heparin 5000 units", "actrapid 100 units", "insulin", nil),
      ("co trimoxazole", "co codamol", "codeine paracetamol", nil),
      ("vit b12", "vit d", "cholecalciferol", nil),
      ("loratadine 24hr", "nifedipine 24hr", "nifedipine", nil),
      ("sulfa drugs", "feosol", "ferrous sulfate", nil),
      ("peanuts", "crocin", "paracetamol", "analgesics"),
      ("chlorpromazine", "diabinese", "chlorpropamide", nil),
      ("hydrocodone", "cortef", "hydrocortisone", nil),
    ] as [(String, String, String?, String?)])
  func clear(allergy: String, name: String, generic: String?, drugClass: String?) async {
    #expect(
      await check([allergy], name: name, generic: generic, drugClass: drugClass).outcome == .clear)
  }

  @Test("rule 30: nothing recorded is clear")
  func nothingRecorded() async {
    #expect(await check([], name: "crocin").outcome == .clear)
  }

  @Test(
    "rule 30: what could not be compared is not called clear",
    arguments: ["पेनिसिलिन", "пенициллин", "", "500"])
  func notRun(allergy: String) async {
    #expect(
      await check([allergy], name: "penicillin v", drugClass: "penicillins").outcome == .notRun)
    #expect(await check([allergy, "penicillin"], name: "penicillin v").outcome == .match)
    #expect(await check(["peanuts", allergy], name: "penicillin v").outcome == .notRun)
  }

  @Test(
    "rule 30: every word of either side must be comparable",
    arguments: [
      ("ибупрофен anaphylaxis 2019", "ibufen", "ibuprofen", "nsaid"),
      ("布洛芬 since childhood", "ibufen", "ibuprofen", "nsaid"),
      ("आइबुप्रोफेन see letter", "ibufen", "ibuprofen", "nsaid"),
      ("ibuрrofen", "ibufen", "ibuprofen", "nsaid"), ("іbuprofen", "ibufen", "ibuprofen", nil),
      ("ибупрофен see gp", "nurofen", nil, nil), ("ибупрофен", "нурофен", "ibuprofen", nil),
      ("ibuprofen", "nurofen", "ибупрофен", nil), ("ibuprofen", "нурофен forte", nil, nil),
      ("amoxicillin", "амоксициллин 500 mg", nil, nil), ("ибупрofен", "нурофен forte", nil, nil),
      ("पेनिसिलिन", "пенициллин", nil, nil), ("ibuprofen", "555", nil, nil),
      ("ибупрофен anaphylaxis", "ibuprofen табл", nil, nil),
      ("amoxicillin сыпь", "амоксициллин sandoz", nil, nil),
      ("ibuprofen 过敏", "布洛芬 sandoz", nil, nil), ("ペニシリン", "青霉素", nil, nil),
      ("ぺにしりん", "ペニシリン", nil, nil), ("iƅuprofen", "ibuprofen", nil, nil),
      ("ibuprofǝn", "ibuprofen", nil, nil),
    ] as [(String, String, String?, String?)])
  func acrossScripts(allergy: String, name: String, generic: String?, drugClass: String?) async {
    #expect(
      await check([allergy], name: name, generic: generic, drugClass: drugClass).outcome == .notRun)
  }

  @Test(
    "rule 30: what is of one script on both sides is compared",
    arguments: [
      ("пенициллин 500 mg", "нурофен", nil), ("пенициллин", "нурофен 400 mg", nil),
      ("青霉素", "布洛芬", "布洛芬缓释胶囊"), ("penicillin", "levothyroxine 50 µg", nil),
      ("aspirin 500mg", "amoxicillin 500mg", nil), ("аспирин 500 мг", "амоксициллин 500мг", nil),
      ("latex drops", "ophthalmic drops", nil), ("insulin 100 iu", "vitamin d 1000 iu", nil),
      ("पेनिसिलिन", "आइबुप्रोफेन", nil), ("penicilline", "nurofen", "ibuprofene"),
    ] as [(String, String, String?)])
  func oneScript(allergy: String, name: String, generic: String?) async {
    #expect(await check([allergy], name: name, generic: generic).outcome == .clear)
  }

  @Test("rule 30: a refusal names the medicines and nothing of the patient")
  func refusal() async throws {
    let check = await check(["penicillin"], name: "penicillin v")
    try check.require(override: Note(rawValue: "no other works"))
    let error = #expect(throws: ClinicError.self) { try check.require(override: nil) }
    #expect(error?.reason == .allergyMatch)
    #expect(
      error?.details["warnings"] == .raw(Array(#"[{"medicine_id":7,"matched":"name"}]"#.utf8)))
  }
}
