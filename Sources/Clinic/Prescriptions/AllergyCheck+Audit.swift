import JSONRPC

extension AllergyCheck.Outcome {
  /// What the audit keeps of a check that was not clear: which medicines, and whether somebody gave
  /// a reason. The reason itself is in the record.
  func auditDetails(of warnings: [AllergyWarning], hasReason: Bool) -> String? {
    guard self != .clear else { return nil }
    var json = JSONWriter()
    json.beginObject()
    json.member("allergy_check", rawValue)
    json.key("medicine_ids")
    json.beginArray()
    for warning in warnings { json.int(warning.medicineID.rawValue) }
    json.endArray()
    json.member("has_override_reason", hasReason)
    json.endObject()
    return String(decoding: json.finish(), as: UTF8.self)
  }
}
