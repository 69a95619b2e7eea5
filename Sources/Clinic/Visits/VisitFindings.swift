import JSONRPC
import Postgres

/// What a doctor finds and decides: fields that an update and a completion may set.
protocol VisitFindings {
  var vitals: Patch<VitalsPatch> { get }
  var chiefComplaint: Patch<LongText> { get }
  var diagnosis: Patch<LongText> { get }
  var diagnosisCodes: Patch<DiagnosisCodes> { get }
  var treatmentPlan: Patch<LongText> { get }
}

extension VisitFindings {
  /// What is assigned to the columns of a visit.
  var assignments: [SQL] {
    get throws {
      var assignments: [SQL] = []
      if let vitals = try vitals.assigned { assignments.append("vitals = \(sql: vitals)") }
      assignments += chiefComplaint.change(of: "chief_complaint")
      assignments += diagnosis.change(of: "diagnosis")
      assignments += treatmentPlan.change(of: "treatment_plan")
      switch diagnosisCodes {
      case .unchanged: break
      case .clear: assignments.append("diagnosis_codes = '{}'")
      case .set(let codes): assignments.append("diagnosis_codes = \(codes.texts)")
      }
      return assignments
    }
  }
}
