/// `dispensing.create` of three items from five batches, beside that transaction by pgbench on the
/// same tables.
enum Dispense {
  /// The batches are computed as ``Departments/prescribe(arePaid:)`` numbers them: what `clinicd`
  /// plans from the shelf's rows costs pgbench nothing.
  private static let script = """
    BEGIN;
    SELECT id AS rx, status = 'CANCELLED' AS cancelled, (current_date - date)::bigint AS age, \
    (SELECT full_name FROM users WHERE id = :doctor::bigint) AS pharmacist FROM prescriptions \
    WHERE id = (SELECT nextval('bench.next')) FOR NO KEY UPDATE \\gset
    \\set g :rx % :groups
    \\set second CASE WHEN :rx > :groups THEN 2 ELSE 0 END
    SELECT id, name, archived_at IS NOT NULL, cardinality(allergies) > 0 FROM patients WHERE id = \
    (SELECT patient_id FROM prescriptions WHERE id = :rx::bigint) FOR SHARE;
    SELECT id, status = 'PAID' AND (refunded < paid OR paid = 0) FROM invoices \
    WHERE prescription_id = :rx::bigint AND status <> 'CANCELLED' FOR SHARE;
    SELECT t.id, t.medicine_id, m.name, t.quantity, t.dispensed, coalesce((SELECT min(l.unit_price) \
    FROM invoices i JOIN invoice_items l ON l.invoice_id = i.id \
    WHERE i.prescription_id = t.prescription_id AND i.status <> 'CANCELLED' \
    AND l.prescription_item_id = t.id), m.unit_price), m.reorder_level \
    FROM prescription_items t JOIN medicines m ON m.id = t.medicine_id \
    WHERE t.prescription_id = :rx::bigint ORDER BY t.position;
    SELECT b.id, b.medicine_id, b.batch_number, b.expiry_date, b.quantity \
    FROM medicine_batches b WHERE b.medicine_id IN (SELECT medicine_id FROM prescription_items \
    WHERE prescription_id = :rx::bigint AND dispensed < quantity) AND b.quantity > 0 AND NOT b.is_held \
    AND b.expiry_date >= current_date ORDER BY b.id FOR NO KEY UPDATE OF b;
    WITH d AS (INSERT INTO dispensings (prescription_id, patient_id, invoice_id, pharmacist_id) \
    SELECT id, patient_id, id, :doctor::bigint FROM prescriptions WHERE id = :rx::bigint \
    RETURNING id, date, dispensed_at), \
    line AS (SELECT :rx::bigint * 3 - 3 + item AS item, :g::bigint * 3 + item AS medicine, \
    :g::bigint * 9 + 1 + batch AS batch, quantity, place FROM unnest(ARRAY[1, 2, 2, 3, 3], \
    ARRAY[0, 1 + :second::int, 2 + :second::int, 5 + :second::int, 6 + :second::int], \
    ARRAY[10, 5, 5, 5, 5]) WITH ORDINALITY AS t (item, batch, quantity, place)), \
    taken AS (INSERT INTO dispensing_items (dispensing_id, prescription_item_id, medicine_id, \
    batch_id, quantity, unit_price) SELECT d.id, item, medicine, batch, quantity, 1.5 \
    FROM d, line ORDER BY place RETURNING id), \
    moved AS (INSERT INTO stock_movements (medicine_id, batch_id, movement_type, quantity, \
    balance, dispensing_id, user_id, user_name) SELECT medicine, batch, 'DISPENSED', -quantity, \
    0, d.id, :doctor::bigint, 'pgbench' FROM d, line ORDER BY place), \
    given AS (UPDATE prescription_items t SET dispensed = t.dispensed + g.quantity \
    FROM (SELECT item, sum(quantity)::integer AS quantity FROM line GROUP BY item) g \
    WHERE t.id = g.item) \
    SELECT d.id, d.date, d.dispensed_at, taken.id FROM d, taken ORDER BY taken.id;
    \(Departments.audit("dispensing.create"))
    COMMIT;
    """

  static func measure(_ setting: Setting) async throws -> [Finding] {
    let clinic = try await Departments(in: setting)
    let prepare = { try await clinic.prescribe(arePaid: true) }
    try await prepare()
    let limit = try await clinic.limit(script)
    let calls = (1...clinic.count).map {
      Request.line("dispensing.create", #"{"prescription_id":\#($0)}"#)
    }
    var findings = try await clinic.scale(
      "dispensing.create, 3 items of 5 batches", as: "pharmacist", prepare: prepare
    ) { SingleCalls(calls) }
    findings[Setting.main].compare(with: "pgbench", limit, atLeast: 0.6, cpu: nil)
    return findings
  }
}
