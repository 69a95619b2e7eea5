import NIOCore

/// `billing.create` of a prescription and `billing.pay` of its invoice, timed together, beside
/// those two transactions by pgbench on the same tables.
enum BillAndPay {
  /// What is read of an invoice beside its id.
  private static let columns = """
    number, mode, status, patient_id, \
    (SELECT p.name FROM patients p WHERE p.id = invoices.patient_id), prescription_id, visit_id, \
    date, subtotal, discount, tax_percent, tax, total, paid, refunded, notes, version, created_at
    """
  private static let script = """
    BEGIN;
    SELECT p.id AS rx, p.patient_id AS patient, p.visit_id AS visit, p.status = 'CANCELLED' AS cancelled, \
    pat.archived_at IS NOT NULL AS archived FROM prescriptions p JOIN patients pat \
    ON pat.id = p.patient_id WHERE p.id = (SELECT nextval('bench.next')) \
    FOR NO KEY UPDATE OF p FOR KEY SHARE OF pat \\gset
    SELECT left(concat_ws(' ', m.name, m.strength), 200), m.id, i.id, i.quantity, m.unit_price \
    FROM prescription_items i JOIN medicines m ON m.id = i.medicine_id \
    WHERE i.prescription_id = :rx::bigint ORDER BY i.position;
    SELECT id FROM invoices WHERE prescription_id = :rx::bigint AND status <> 'CANCELLED';
    WITH new AS MATERIALIZED (SELECT nextval('invoices_id_seq') AS id), \
    lines AS (INSERT INTO invoice_items (invoice_id, position, description, medicine_id, \
    prescription_item_id, quantity, unit_price, line_total) SELECT (SELECT id FROM new), n, description, \
    medicine, item, 10, 1.5, 15 FROM unnest(ARRAY['Bench medicine 1', 'Bench medicine 2', \
    'Bench medicine 3'], ARRAY[1, 2, 3], ARRAY[:rx::bigint * 3 - 2, :rx::bigint * 3 - 1, :rx::bigint * 3]) \
    WITH ORDINALITY AS l (description, medicine, item, n) RETURNING id), \
    taken AS (UPDATE invoice_numbers SET last = last + 1 RETURNING last) \
    INSERT INTO invoices (id, number, patient_id, prescription_id, visit_id, mode, status, subtotal, \
    total, created_by, issued_at) OVERRIDING SYSTEM VALUE SELECT new.id, (SELECT last FROM taken), \
    :patient::bigint, :rx::bigint, :visit::bigint, 'AUTO', 'PENDING', 45, 45, 'pgbench', now() FROM new \
    WHERE (SELECT count(*) FROM lines) > 0 RETURNING id AS invoice, \(columns) \\gset
    \(Departments.audit("billing.create"))
    COMMIT;
    BEGIN;
    SELECT id, \(columns) FROM invoices WHERE id = :invoice::bigint FOR NO KEY UPDATE;
    INSERT INTO payments (invoice_id, payment_method, amount, tendered, received_by) \
    VALUES (:invoice::bigint, 'CARD', 45, 45, 'pgbench');
    UPDATE invoices SET paid = paid + 45, status = 'PAID', paid_at = now(), version = version + 1, \
    updated_at = now() WHERE id = :invoice::bigint RETURNING id, \(columns);
    SELECT description, medicine_id, prescription_item_id, quantity, unit_price FROM invoice_items \
    WHERE invoice_id = :invoice::bigint ORDER BY position;
    SELECT id, payment_method, amount, tendered, change FROM payments \
    WHERE invoice_id = :invoice::bigint ORDER BY id;
    SELECT id, payment_method, amount FROM refunds WHERE invoice_id = :invoice::bigint ORDER BY id;
    \(Departments.audit("billing.pay"))
    COMMIT;
    """

  static func measure(_ setting: Setting) async throws -> [Finding] {
    let clinic = try await Departments(in: setting)
    try await clinic.prescribe(arePaid: false)
    let limit = try await clinic.limit(script)
    var findings = try await clinic.scale(
      "billing.create and billing.pay", as: "reception",
      prepare: { try await clinic.prescribe(arePaid: false) },
      { BilledAndPaid(prescriptions: clinic.count) })
    findings[Setting.main].compare(with: "pgbench", limit, atLeast: 0.6, cpu: nil)
    return findings
  }
}

/// Bills a prescription and pays the invoice that this gives.
private struct BilledAndPaid: CallSource {
  private let calls: [ByteBuffer]
  private var index = 0
  var readsReplies: Bool { true }

  init(prescriptions count: Int) {
    calls = (1...count).map {
      Request.line("billing.create", #"{"mode":"AUTO","prescription_id":\#($0)}"#)
    }
  }

  mutating func next(for connection: Int, after reply: ByteBuffer?) -> NextCall {
    if let reply, let invoice = Self.unpaid(in: reply) {
      return .part(Request.line("billing.pay", #"{"id":\#(invoice),"payment_method":"CARD"}"#))
    }
    guard index < calls.count else { return .end }
    defer { index += 1 }
    return .call(calls[index])
  }

  /// The invoice of a reply to `billing.create`; nil for one to `billing.pay`.
  private static func unpaid(in reply: ByteBuffer) -> Substring? {
    let text = String(buffer: reply)
    guard text.contains(#""status":"PENDING""#),
      let start = text.firstRange(of: #""result":{"id":"#)?.upperBound
    else { return nil }
    return text[start...].prefix { $0.isNumber }
  }
}
