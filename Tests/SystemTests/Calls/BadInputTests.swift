import JSONRPC
import Postgres
import Testing

@testable import Clinic

/// What nobody means: each is refused for a reason of its own, with its field, and nothing changes.
@Suite struct BadInputTests {
  /// A call that must be refused, and how.
  private struct Slip {
    let method: String
    let params: JSON
    let reason: String
    var field: String?
  }

  @Test(
    "money of three decimals, no and too many pieces, the year 9999, expired, unknown, another's")
  func slips() async throws {
    try await TestClinic.run(1) { clinic in
      let world = try await World(clinic)
      let before = try await world.contents()
      for (who, slips) in [
        (world.pharmacist, world.atThePharmacy + world.atTheShelf), (world.desk, world.atTheDesk),
        (world.doctor.caller, world.atTheDoctor), (world.admin, world.ofTheFuture),
      ] {
        for slip in slips {
          let error = try await who.refused(slip.method, slip.params)
          let what: Comment = "\(slip.method): \(slip.reason)"
          #expect(error.reason == slip.reason, what)
          if let field = slip.field { #expect(error.data["field"] == .string(field), what) }
          #expect(error.code != -32603, what)
        }
      }
      #expect(try await world.contents() == before)
    }
  }

  /// A clinic in which little is missing for each call to succeed.
  private struct World {
    let clinic: TestClinic
    let pharmacist: TestConnection
    let desk: TestConnection
    let admin: TestConnection
    let doctor: DoctorAtWork
    let patient: JSON
    let medicine: JSON
    let visit: JSON
    let othersVisit: JSON
    let invoice: JSON
    let order: Prescribed
    let yesterday: JSON

    init(_ clinic: TestClinic) async throws {
      self.clinic = clinic
      pharmacist = try await clinic.connect(.pharmacist)
      desk = try await clinic.connect(.reception)
      admin = try await clinic.admin()
      doctor = try await clinic.doctorAtWork()
      patient = .int(try await clinic.patient())
      let medicine = try await clinic.medicine()
      // All that there is expired yesterday.
      _ = try await clinic.batch(of: medicine, 100, expiresIn: -1)
      self.medicine = .int(medicine)
      visit = .int(try await clinic.visit(by: doctor))
      othersVisit = .int(try await clinic.visit(by: try await clinic.doctorAtWork()))
      invoice = try await desk.call(
        "billing.create", JSON.manual(try await clinic.patient(), "20"))[
          "id"
        ].json
      order = try await clinic.prescription([(medicine, 5)])
      yesterday = .string(try await clinic.day(-1))
    }

    /// Every row of what these calls write.
    func contents() async throws -> [String] {
      var contents: [String] = []
      for table in [
        "patients", "visits", "clinical_notes", "prescriptions", "prescription_items", "medicines",
        "medicine_batches", "stock_movements", "dispensings", "invoices", "invoice_items",
        "payments",
        "slots",
      ] {
        contents += try await clinic.texts(
          "SELECT '\(raw: table) ' || to_json(t)::text FROM \(raw: table) t ORDER BY 1")
      }
      return contents
    }

    private func item(_ quantity: JSON, of medicine: JSON? = nil) -> JSON {
      [
        "medicine_id": medicine ?? self.medicine, "dosage": "1", "frequency": "daily",
        "quantity": quantity,
      ]
    }

    private func batch(_ quantity: JSON, _ expiry: JSON, of medicine: JSON? = nil) -> JSON {
      [
        "medicine_id": medicine ?? self.medicine, "batch_number": "new", "quantity": quantity,
        "expiry_date": expiry,
      ]
    }

    private func lines(_ quantity: JSON, _ price: JSON) -> JSON {
      [
        "mode": "MANUAL", "patient_id": patient,
        "items": [["description": "A line", "quantity": quantity, "unit_price": price]],
      ]
    }

    /// Far more than anything, and a number that is none of anything.
    private static let many: JSON = .raw("1e9")
    private static let unknown: JSON = 987_654

    var atTheShelf: [Slip] {
      let add = "inventory.add_batch"
      return [
        Slip(
          method: "inventory.add_medicine", params: ["name": "New", "unit_price": "1.005"],
          reason: "malformed", field: "unit_price"),
        Slip(
          method: "inventory.add_medicine", params: ["name": "New", "unit_price": .raw("1.005")],
          reason: "malformed", field: "unit_price"),
        Slip(
          method: add, params: batch(0, "2030-01-01"), reason: "out_of_range", field: "quantity"),
        Slip(
          method: add, params: batch(Self.many, "2030-01-01"), reason: "out_of_range",
          field: "quantity"),
        Slip(
          method: add, params: batch(1, "9999-12-31"), reason: "out_of_range", field: "expiry_date"),
        Slip(method: add, params: batch(1, yesterday), reason: "expired_batch"),
        Slip(
          method: add, params: batch(1, "2030-01-01", of: Self.unknown), reason: "not_found"),
      ]
    }

    var atThePharmacy: [Slip] {
      let method = "dispensing.create"
      func some(_ quantity: JSON, of medicine: JSON? = nil) -> JSON {
        order.params.with(
          "items", [["medicine_id": medicine ?? self.medicine, "quantity": quantity]])
      }
      return [
        Slip(method: method, params: some(0), reason: "out_of_range", field: "items[0].quantity"),
        Slip(
          method: method, params: some(Self.many), reason: "out_of_range",
          field: "items[0].quantity"),
        Slip(method: method, params: some(6), reason: "exceeds_prescribed"),
        Slip(method: method, params: some(1, of: Self.unknown), reason: "not_found"),
        Slip(method: method, params: some(1), reason: "insufficient_stock"),
      ]
    }

    var atTheDesk: [Slip] {
      let create = "billing.create"
      let pay: JSON = ["id": invoice, "payment_method": "CARD"]
      return [
        Slip(
          method: create, params: lines(1, "9.999"), reason: "malformed",
          field: "items[0].unit_price"),
        Slip(
          method: create, params: lines(0, "9.99"), reason: "out_of_range",
          field: "items[0].quantity"),
        Slip(
          method: create, params: lines(Self.many, "9.99"), reason: "out_of_range",
          field: "items[0].quantity"),
        Slip(
          method: create, params: lines(1, "9.99").with("discount_amount", "0.001"),
          reason: "malformed", field: "discount_amount"),
        Slip(
          method: create, params: lines(1, "9.99").with("discount_amount", "10.00"),
          reason: "discount_too_large", field: "discount_amount"),
        Slip(
          method: create,
          params: [
            "mode": "MANUAL", "patient_id": patient,
            "items": [["medicine_id": Self.unknown, "quantity": 1]],
          ], reason: "not_found"),
        Slip(
          method: "billing.pay", params: pay.with("amount", "0.005"), reason: "malformed",
          field: "amount"),
        Slip(
          method: "billing.pay", params: pay.with("amount", "0"), reason: "out_of_range",
          field: "amount"),
        Slip(
          method: "patients.create", params: ["name": "New", "date_of_birth": "9999-12-31"],
          reason: "born_in_future"),
      ]
    }

    var atTheDoctor: [Slip] {
      let prescribe = "prescriptions.create"
      func of(_ visit: JSON, _ item: JSON) -> JSON { ["visit_id": visit, "items": [item]] }
      let megabyte = JSON.string(String(repeating: "a", count: 1_000_000))
      let note: JSON = ["category": "SYMPTOM", "text": megabyte]
      return [
        Slip(
          method: prescribe, params: of(visit, item(0)), reason: "out_of_range",
          field: "items[0].quantity"),
        Slip(
          method: prescribe, params: of(visit, item(Self.many)), reason: "out_of_range",
          field: "items[0].quantity"),
        Slip(method: prescribe, params: of(visit, item(1, of: Self.unknown)), reason: "not_found"),
        Slip(method: prescribe, params: of(othersVisit, item(1)), reason: "not_your_visit"),
        Slip(
          method: "visits.update", params: ["id": othersVisit, "diagnosis": "mine"],
          reason: "not_your_visit"),
        Slip(method: "visits.complete", params: ["id": othersVisit], reason: "not_your_visit"),
        Slip(
          method: "visits.add_note",
          params: ["visit_id": othersVisit, "category": "SYMPTOM", "text": "mine"],
          reason: "not_your_visit"),
        Slip(
          method: "visits.add_note", params: note.with("visit_id", visit), reason: "too_long",
          field: "text"),
      ]
    }

    var ofTheFuture: [Slip] {
      [
        Slip(
          method: "slots.create_bulk",
          params: [
            "doctor_id": doctor.id, "from": "9999-12-01", "to": "9999-12-31", "start": "09:00",
            "end": "10:00", "minutes": 15,
          ], reason: "out_of_range"),
        Slip(
          method: "reports.daily_summary", params: ["date": "9999-12-31"], reason: "out_of_range",
          field: "date"),
        Slip(
          method: "reports.roll_up", params: ["date": "9999-12-31"], reason: "out_of_range",
          field: "date"),
      ]
    }
  }
}
