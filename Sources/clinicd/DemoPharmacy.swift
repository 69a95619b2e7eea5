import Postgres

/// The demo clinic's medicines, with batches of each: some low, some about to expire, one held.
enum DemoPharmacy {
  private struct Medicine {
    let name: String
    let generic: String
    let drugClass: String
    let form: String
    let strength: String
    let price: String
    let reorderLevel: Int
    /// Its batches: how many pieces, and in how many days they expire.
    let batches: [(quantity: Int, days: Int)]

    init(
      _ name: String, _ generic: String, _ drugClass: String, _ form: String, _ strength: String,
      _ price: String, _ reorderLevel: Int, _ batches: [(quantity: Int, days: Int)]
    ) {
      self.name = name
      self.generic = generic
      self.drugClass = drugClass
      self.form = form
      self.strength = strength
      self.price = price
      self.reorderLevel = reorderLevel
      self.batches = batches
    }
  }

  private static let medicines = [
    Medicine(
      "Dolomed", "Paracetamol", "Analgesic", "tablet", "500 mg", "0.05", 500,
      [(800, 45), (2000, 400)]),
    Medicine("Ibufen", "Ibuprofen", "NSAID", "tablet", "400 mg", "0.12", 300, [(900, 300)]),
    Medicine("Naprosol", "Naproxen", "NSAID", "tablet", "250 mg", "0.20", 100, [(350, 210)]),
    Medicine("Diclosan", "Diclofenac", "NSAID", "gel", "1 %", "3.40", 20, [(12, 150)]),
    Medicine(
      "Amoxil", "Amoxicillin", "Penicillin", "capsule", "500 mg", "0.35", 200,
      [(150, 20), (600, 380)]),
    Medicine(
      "Augmenta", "Amoxicillin and clavulanic acid", "Penicillin", "tablet", "625 mg",
      "0.90", 100, [(240, 270)]),
    Medicine(
      "Penovis", "Phenoxymethylpenicillin", "Penicillin", "tablet", "250 mg", "0.18", 100,
      [(60, 190)]),
    Medicine(
      "Cefalor", "Cefalexin", "Cephalosporin", "capsule", "500 mg", "0.55", 80,
      [(200, 330)]),
    Medicine(
      "Azitrom", "Azithromycin", "Macrolide", "tablet", "500 mg", "1.80", 40,
      [(90, 75), (60, 420)]),
    Medicine(
      "Doxylan", "Doxycycline", "Tetracycline", "capsule", "100 mg", "0.25", 80,
      [(180, 260)]),
    Medicine(
      "Ciproxen", "Ciprofloxacin", "Fluoroquinolone", "tablet", "500 mg", "0.60", 60,
      [(140, 310)]),
    Medicine(
      "Bactrizol", "Sulfamethoxazole and trimethoprim", "Sulfonamide", "tablet", "960 mg",
      "0.22", 60, [(160, 240)]),
    Medicine(
      "Metroxyl", "Metronidazole", "Nitroimidazole", "tablet", "400 mg", "0.15", 60,
      [(210, 280)]),
    Medicine(
      "Lisinol", "Lisinopril", "ACE inhibitor", "tablet", "10 mg", "0.10", 300,
      [(1200, 500)]),
    Medicine(
      "Amlodar", "Amlodipine", "Calcium channel blocker", "tablet", "5 mg", "0.08", 300,
      [(1100, 480)]),
    Medicine("Bisolor", "Bisoprolol", "Beta blocker", "tablet", "5 mg", "0.14", 200, [(700, 450)]),
    Medicine(
      "Hydrotens", "Hydrochlorothiazide", "Thiazide", "tablet", "25 mg", "0.06", 150,
      [(400, 360)]),
    Medicine(
      "Atorvan", "Atorvastatin", "Statin", "tablet", "20 mg", "0.28", 200,
      [(90, 30), (500, 520)]),
    Medicine("Glucomet", "Metformin", "Biguanide", "tablet", "500 mg", "0.07", 400, [(1500, 430)]),
    Medicine(
      "Gliclade", "Gliclazide", "Sulfonylurea", "tablet", "80 mg", "0.16", 150,
      [(320, 340)]),
    Medicine(
      "Insulan", "Insulin glargine", "Insulin", "pen", "100 U/ml", "18.50", 10,
      [(4, 60), (5, 200)]),
    Medicine(
      "Omezol", "Omeprazole", "Proton pump inhibitor", "capsule", "20 mg", "0.19", 200,
      [(650, 290)]),
    Medicine("Ondasan", "Ondansetron", "Antiemetic", "tablet", "4 mg", "0.75", 40, [(75, 220)]),
    Medicine(
      "Salbuvent", "Salbutamol", "Beta agonist", "inhaler", "100 µg", "4.20", 15,
      [(9, 85), (20, 390)]),
    Medicine(
      "Beclovent", "Beclometasone", "Corticosteroid", "inhaler", "100 µg", "7.60", 10,
      [(14, 350)]),
    Medicine(
      "Prednilan", "Prednisolone", "Corticosteroid", "tablet", "5 mg", "0.09", 100,
      [(480, 410)]),
    Medicine("Cetriz", "Cetirizine", "Antihistamine", "tablet", "10 mg", "0.11", 100, [(520, 370)]),
    Medicine(
      "Levoxal", "Levothyroxine", "Thyroid hormone", "tablet", "50 µg", "0.13", 150,
      [(600, 440)]),
    Medicine("Sertralan", "Sertraline", "SSRI", "tablet", "50 mg", "0.30", 100, [(280, 320)]),
    Medicine(
      "Ferrosan", "Ferrous sulfate", "Iron supplement", "tablet", "200 mg", "0.04", 200,
      [(0, 100)]),
    Medicine(
      "Rehydrol", "Oral rehydration salts", "Electrolytes", "sachet", "20.5 g", "0.30", 100,
      [(450, 600)]),
  ]

  /// Adds the medicines to a clinic that has none yet.
  static func load(into postgres: PostgresClient) async throws {
    let batches = medicines.flatMap { medicine in
      medicine.batches.enumerated().map { (medicine.name, $0.offset + 1, $0.element) }
    }
    try await postgres.withTransaction { transaction in
      let added = try await transaction.query(
        """
        INSERT INTO medicines (name, generic_name, drug_class, form, strength, unit_price, \
        reorder_level) SELECT name, generic, class, form, strength, price::numeric, level \
        FROM unnest(\(medicines.map(\.name)), \(medicines.map(\.generic)), \
        \(medicines.map(\.drugClass)), \(medicines.map(\.form)), \(medicines.map(\.strength)), \
        \(medicines.map(\.price)), \(medicines.map { Int32($0.reorderLevel) })) WITH ORDINALITY \
        AS t (name, generic, class, form, strength, price, level, place) \
        WHERE NOT EXISTS (SELECT FROM medicines) ORDER BY place RETURNING id
        """)
      guard !added.isEmpty else { return }
      _ = try await transaction.pipeline([
        """
        INSERT INTO medicine_batches (medicine_id, batch_number, expiry_date, supplier) \
        SELECT m.id, upper(left(m.name, 3)) || '-' || (100 * m.id + t.number), \
        current_date + t.days, 'Demo Wholesale' FROM unnest(\(batches.map(\.0)), \
        \(batches.map(\.1)), \(batches.map { Int32($0.2.days) })) AS t (name, number, days) \
        JOIN medicines m USING (name) ORDER BY m.id, t.number
        """,
        """
        INSERT INTO stock_movements (medicine_id, batch_id, movement_type, quantity, balance, \
        reason, user_name) SELECT b.medicine_id, b.id, 'RECEIVED', t.quantity, 0, \
        'demo clinic', 'demo' FROM unnest(\(batches.map(\.0)), \(batches.map(\.1)), \
        \(batches.map(\.2.quantity))) AS t (name, number, quantity) JOIN medicines m USING (name) \
        JOIN medicine_batches b ON b.medicine_id = m.id \
        AND b.batch_number = upper(left(m.name, 3)) || '-' || (100 * m.id + t.number) \
        WHERE t.quantity > 0 ORDER BY b.id
        """,
        """
        UPDATE medicine_batches SET is_held = true, hold_reason = 'the cold chain was broken', \
        version = version + 1 WHERE id = (SELECT b.id FROM medicine_batches b JOIN medicines m \
        ON m.id = b.medicine_id WHERE m.name = 'Insulan' ORDER BY b.expiry_date LIMIT 1)
        """,
      ])
    }
  }
}
