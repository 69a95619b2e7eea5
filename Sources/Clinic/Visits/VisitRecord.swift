import JSONRPC
import Postgres

/// A visit as it is read later: with its notes and prescriptions. `visit_history` in MongoDB holds
/// the completed ones. PostgreSQL writes it, as ``json``, which has all of these members.
package struct VisitRecord: Codable, Sendable {
  package struct Person: Codable, Sendable {
    let id: Int64
    let name: String
  }
  package struct NoteRecord: Codable, Sendable {
    let id: Int64
    let category: String
    let text: String
    let author: Person
    let isAddendum: Bool
    let createdAt: Instant
  }
  package struct ItemRecord: Codable, Sendable {
    let medicine: Person
    let form: String?
    let strength: String?
    let dosage: String
    let frequency: String
    let durationDays: Int?
    let quantity: Int
    let instructions: String?
  }
  package struct PrescriptionRecord: Codable, Sendable {
    let id: Int64
    let date: LocalDate
    let status: String
    let notes: String?
    let items: [ItemRecord]
  }

  let visitID: ID<Visit>
  let visitDate: LocalDate
  let status: String
  let patient: Person
  let doctor: Person
  let token: String?
  let appointmentID: ID<Appointment>?
  let vitals: RawJSON?
  let chiefComplaint: String?
  let diagnosis: String?
  let diagnosisCodes: [String]
  let treatmentPlan: String?
  let completedAt: Instant?
  let notes: [NoteRecord]
  let prescriptions: [PrescriptionRecord]
}

extension VisitRecord {
  /// One JSON object for a row of ``tables``, whatever the number of notes and prescriptions.
  static let json: SQL = """
    json_build_object('visit_id', v.id, 'visit_date', v.date, 'status', v.status, \
    'patient', json_build_object('id', p.id, 'name', p.name), \
    'doctor', json_build_object('id', d.id, 'name', d.full_name), \
    'token', v.token_date || '-' || lpad(v.token_number::text, \
    greatest(3, length(v.token_number::text)), '0'), \
    'appointment_id', v.appointment_id, 'vitals', v.vitals, 'chief_complaint', v.chief_complaint, \
    'diagnosis', v.diagnosis, 'diagnosis_codes', v.diagnosis_codes, \
    'treatment_plan', v.treatment_plan, 'completed_at', rfc3339(v.completed_at), \
    'notes', coalesce((SELECT json_agg(json_build_object('id', n.id, 'category', n.category, \
    'text', n.text, 'author', json_build_object('id', a.id, 'name', a.full_name), \
    'is_addendum', n.is_addendum, 'created_at', rfc3339(n.created_at)) ORDER BY n.id) \
    FROM clinical_notes n JOIN users a ON a.id = n.author_id WHERE n.visit_id = v.id), '[]'), \
    'prescriptions', coalesce((SELECT json_agg(json_build_object('id', r.id, 'date', r.date, \
    'status', r.status, 'notes', r.notes, 'items', coalesce((SELECT json_agg(json_build_object(\
    'medicine', json_build_object('id', i.medicine_id, 'name', i.medicine_name), 'form', i.form, \
    'strength', i.strength, 'dosage', i.dosage, 'frequency', i.frequency, \
    'duration_days', i.duration_days, 'quantity', i.quantity, 'instructions', i.instructions) \
    ORDER BY i.position) FROM prescription_items i \
    WHERE i.prescription_id = r.id), '[]')) ORDER BY r.id) \
    FROM prescriptions r WHERE r.visit_id = v.id), '[]'))
    """

  static let tables: SQL =
    "visits v JOIN patients p ON p.id = v.patient_id JOIN users d ON d.id = v.doctor_id"
}
