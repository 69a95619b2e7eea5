import Postgres

/// Compares each batch's quantity with the sum of its movements (rule 36).
struct BatchComparison: Comparison {
  func run(in clinic: Clinic, repairs: Bool) async throws -> Findings {
    var findings = Findings()
    let count: Int = try await clinic.postgres.query("SELECT count(*) FROM medicine_batches")
      .single()
    findings.checked("medicine_batches", count)
    let rows = try await clinic.postgres.query(
      """
      SELECT b.id, b.quantity, coalesce(s.sum, 0) FROM medicine_batches b LEFT JOIN \
      (SELECT batch_id, sum(quantity) AS sum FROM stock_movements GROUP BY batch_id) s \
      ON s.batch_id = b.id WHERE b.quantity <> coalesce(s.sum, 0) ORDER BY b.id
      """, isLong: true)
    for row in rows {
      var cells = row.cells
      let id: Int64 = try cells.next()
      let quantity: Int64 = try cells.next()
      let sum: Int64 = try cells.next()
      findings.add(
        .postgresql, "medicine_batches", String(id), expected: String(sum), found: String(quantity))
    }
    return findings
  }
}
