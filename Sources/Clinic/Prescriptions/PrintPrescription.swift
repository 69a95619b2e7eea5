import JSONRPC
import Postgres

/// A prescription on paper.
package struct PrintPrescription: Query {
  package typealias Result = PrintedPaper
  package static let name = "prescriptions.print"
  package static let summary = "Renders a prescription as text, receipt, HTML or PDF."
  package static let roles = Roles.only(.doctor, .pharmacist)
  package static let errors: [Reason] = [.notFound]
  package static let isAudited = true

  package let id: ID<Prescription>
  package let format: PaperFormat?

  package var subject: Subject? { Subject("prescription", id) }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> PrintedPaper {
    let rows = try await clinic.postgres.query(
      """
      SELECT to_json(r), p.sex, p.date_of_birth, \
      coalesce(extract(year FROM age(r.date, p.date_of_birth))::integer, \
      p.estimated_age + extract(year FROM age(r.date, p.estimated_on))::integer), d.speciality \
      FROM (\(sql: Prescription.select) WHERE r.id = \(id)) r \
      JOIN patients p ON p.id = r.patient_id JOIN users d ON d.id = r.doctor_id
      """)
    guard let row = rows.first else { throw ClinicError.notFound("prescription", id) }
    var cells = row.cells
    guard let prescription: Prescription = try cells.nextJSON() else { throw StoreFailure.noRow }
    let about = PatientOnPaper(
      sex: try cells.next(), born: try cells.next(), age: try cells.next())
    let speciality: String? = try cells.next()
    let paper = prescription.paper(about, speciality: speciality, clinic.settings.letterhead)
    return try await clinic.printer.print(paper, as: format ?? .text)
  }
}

/// What a prescription says of its patient beside the name.
struct PatientOnPaper: Sendable {
  let sex: Sex
  let born: LocalDate?
  let age: Int?

  /// `FEMALE, born 1990-05-01, 35 years`; an estimated age is called so (rule 2).
  var description: String {
    let years = age.map { born == nil ? "about \($0) years" : "\($0) years" }
    return [sex == .unknown ? nil : sex.rawValue, born.map { "born \($0)" }, years]
      .compactMap(\.self).joined(separator: ", ")
  }
}

extension Prescription {
  func paper(
    _ patient: PatientOnPaper, speciality: String?, _ clinic: Letterhead
  ) -> PaperDocument {
    var parts: [PaperPart] = []
    if status == .cancelled { parts.append(.stamp("CANCELLED")) }
    let doctor = [doctorName, speciality].compactMap(\.self).joined(separator: ", ")
    var fields = [
      PaperField("Date", date.description), PaperField("Patient", patientName),
      PaperField("Patient no.", patientID.description),
    ]
    let about = patient.description
    if !about.isEmpty { fields.append(PaperField("About", about)) }
    parts.append(.fields(fields + [PaperField("Doctor", doctor)]))
    parts.append(.table(medicines))
    if let cancelReason { parts.append(.note(cancelReason, label: "Cancelled")) }
    if let notes { parts.append(.note(notes, label: "Notes")) }
    parts.append(.signature(doctorName))
    return PaperDocument("Prescription \(id)", of: clinic, parts: parts)
  }

  private var medicines: PaperTable {
    PaperTable(
      [
        PaperTable.Column("Medicine", weight: 30), PaperTable.Column("Dosage", weight: 17),
        PaperTable.Column("Frequency", weight: 17),
        PaperTable.Column("Days", weight: 6, isNumber: true, prefix: "days: "),
        PaperTable.Column("Quantity", weight: 10, isNumber: true, prefix: "Qty "),
      ],
      rows: items.map { item in
        PaperTable.Row(
          [
            item.fullName, item.dosage, item.frequency, item.durationDays.map(String.init) ?? "",
            String(item.quantity),
          ], detail: item.remark)
      })
  }
}

extension PrescriptionItem {
  /// `Augmentin 625 mg tablet (amoxicillin)`.
  fileprivate var fullName: String {
    let name = [medicineName, strength, form].compactMap(\.self).joined(separator: " ")
    return genericName.map { "\(name) (\($0))" } ?? name
  }

  /// The instructions, and how much is dispensed already.
  fileprivate var remark: String? {
    let taken = dispensed > 0 ? "Dispensed: \(dispensed) of \(quantity)" : nil
    let lines = [instructions, taken].compactMap(\.self)
    return lines.isEmpty ? nil : lines.joined(separator: "\n")
  }
}
