/// The SQL that fills a ``LargeClinic``.
enum LargeClinicSQL {
  private static let base = LargeClinic.base
  private static let tables = [
    "queue_tokens", "slots", "appointments", "appointment_events", "visits", "clinical_notes",
    "prescriptions", "prescription_items", "invoices", "invoice_items", "payments", "dispensings",
    "dispensing_items", "stock_movements", "medicine_batches",
  ]
  private static let named = tables.map { "'\($0)'" }.joined(separator: ", ")

  static let quickly = "SET synchronous_commit = off; SET client_min_messages = warning;\n"

  /// Drops what slows inserts; prints the statements that bring it back, a line each.
  static let takeOff = """
    SET client_min_messages = warning;
    CREATE TEMP TABLE off AS
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS down,
      format('ALTER TABLE %s ADD CONSTRAINT %I %s;', conrelid::regclass, conname,
        pg_get_constraintdef(oid)) AS up
    FROM pg_constraint WHERE contype IN ('f', 'x') AND conrelid::regclass::text IN (\(named))
    UNION ALL
    SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid) || ';'
    FROM pg_index WHERE indrelid::regclass::text IN (\(named))
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid);
    SELECT up FROM off;
    DO $$ DECLARE statement text; BEGIN
      FOR statement IN SELECT down FROM off UNION ALL
        SELECT format('ALTER TABLE %s DISABLE TRIGGER USER', t) FROM unnest(ARRAY[\(named)]) t
      LOOP EXECUTE statement; END LOOP;
    END $$;
    """

  static let putBack =
    "\n"
    + tables.map {
      """
      ALTER TABLE \($0) ENABLE TRIGGER USER;

      """
    }.joined()
    + (tables.filter { $0 != "queue_tokens" } + ["medicines"]).map {
      """
      DO $$ BEGIN PERFORM setval(pg_get_serial_sequence('\($0)', 'id'), (SELECT max(id) FROM \($0))); END $$;

      """
    }.joined()

  /// Functions that make text from a number.
  static let phrases =
    """
    SET client_min_messages = warning;
    DROP SCHEMA IF EXISTS large CASCADE;
    CREATE SCHEMA large;
    CREATE FUNCTION large.hash(n bigint, salt integer) RETURNS integer LANGUAGE sql IMMUTABLE AS
      $$ SELECT (hashint8(n * 31 + salt) & 2147483647) $$;

    """ + Phrases.all.map(function).joined()

  private static func function(_ phrases: Phrases) -> String {
    """
    CREATE FUNCTION large.\(phrases.name)(n bigint, salt integer DEFAULT 0) RETURNS text
      LANGUAGE sql IMMUTABLE AS $$ SELECT (ARRAY[\(phrases.texts.map { "'\($0)'" }.joined(separator: ", "))])
      [1 + large.hash(n, salt) % \(phrases.texts.count)] $$;

    """
  }

  /// A row a visit: its number of the day `n`, the day `d`, and the ids of what belongs to it.
  /// The first 300 of a day had appointments, the first 400 got prescriptions.
  static func functions(firstPatient: Int, doctors: [Int]) -> String {
    """
    CREATE FUNCTION large.visits(from_day integer, to_day integer) RETURNS TABLE (d integer, n integer,
      id bigint, rx bigint, appointment bigint, patient bigint, doctor bigint, date date,
      arrived timestamptz) LANGUAGE sql AS $$
      SELECT d, n, \(base) + d * 1000 + n, \(base) + d * 400 + n, \(base) + d * 300 + n,
        \(firstPatient) + ((d * 1000 + n)::bigint * 7919) % \(Patients.count),
        (ARRAY\(doctors)::bigint[])[1 + n % 8], current_date - (\(LargeClinic.days) - d),
        (current_date - (\(LargeClinic.days) - d) + time '08:00' + n * interval '32 seconds')::timestamptz
      FROM generate_series(from_day, to_day - 1) d, generate_series(1, 1000) n ORDER BY d, n $$;
    CREATE FUNCTION large.items(from_day integer, to_day integer) RETURNS TABLE (id bigint, rx bigint,
      k integer, medicine bigint, batch bigint, quantity integer, price numeric, at timestamptz)
      LANGUAGE sql AS $$
      SELECT \(base) + (v.rx - \(base)) * 2 + k, v.rx, k, m.id,
        \(base) + (m.id - \(base) - 1) * 6 + 1 + v.d * 6 / \(LargeClinic.days),
        5 + ((v.rx + k) % 26)::integer, m.unit_price, v.arrived + interval '40 minutes'
      FROM large.visits(from_day, to_day) v, generate_series(0, 1) k, medicines m
      WHERE v.n <= 400 AND m.id = \(base) + 1 + ((v.rx * 2 + k) * 31) % 500 ORDER BY v.rx, k $$;

    """
  }

  static func medicines(_ count: Int) -> String {
    """
    INSERT INTO medicines (id, name, generic_name, drug_class, manufacturer, form, strength,
      unit_price, reorder_level) OVERRIDING SYSTEM VALUE
    SELECT \(base) + i, large.medicine(i / 10) || ' ' || (i % 10 + 1) * 50 || ' mg',
      large.medicine(i / 10), large.drug_class(i / 10), large.maker(i),
      (ARRAY['tablet', 'capsule', 'syrup', 'injection'])[1 + i % 4], (i % 10 + 1) * 50 || ' mg',
      (i * 37 % 900 + 50) / 10.0, 50 FROM generate_series(1, \(count)) i;
    INSERT INTO medicine_batches (id, medicine_id, batch_number, expiry_date, cost_price, supplier)
      OVERRIDING SYSTEM VALUE
    SELECT \(base) + (m - 1) * 6 + b + 1, \(base) + m, 'L' || m || '-' || b,
      current_date - \(LargeClinic.days) + (b + 1) * 334 + 400, 2.50, large.maker(m, b)
    FROM generate_series(1, \(count)) m, generate_series(0, 5) b;
    """
  }

  static func stretch(from: Int, to: Int) -> String {
    """
    BEGIN;
    CREATE TEMP TABLE v ON COMMIT DROP AS SELECT * FROM large.visits(\(from), \(to));
    CREATE TEMP TABLE i ON COMMIT DROP AS SELECT * FROM large.items(\(from), \(to));
    INSERT INTO queue_days (date, last_number, version, closed_at)
      SELECT date, 1000, 3000, date + 1 FROM v WHERE n = 1;
    INSERT INTO queue_tokens (date, number, patient_id, patient_name, doctor_id, priority, status,
      arrived_at, called_at, ended_at, changed_version, appointment_id, due_at)
      SELECT v.date, n, patient, p.name, doctor, CASE WHEN n % 25 = 0 THEN 'URGENT' ELSE 'ROUTINE' END,
        'COMPLETED', arrived, arrived + interval '12 minutes', arrived + interval '20 minutes', n * 3,
        CASE WHEN n <= 300 THEN appointment END, CASE WHEN n <= 300 THEN arrived END
      FROM v JOIN patients p ON p.id = patient ORDER BY d, n;
    INSERT INTO slots (id, doctor_id, date, start_time, end_time) OVERRIDING SYSTEM VALUE
      SELECT appointment, doctor, date, time '08:00' + n / 8 * interval '15 minutes',
        time '08:15' + n / 8 * interval '15 minutes' FROM v WHERE n <= 300 ORDER BY d, n;
    INSERT INTO appointments (id, patient_id, slot_id, doctor_id, date, start_time, end_time, status,
      reason, created_by, changed_by) OVERRIDING SYSTEM VALUE
      SELECT v.appointment, patient, v.appointment, doctor, v.date, start_time, end_time, 'COMPLETED',
        large.complaint(v.id), 'reception', 'queue' FROM v JOIN slots s ON s.id = v.appointment
      WHERE n <= 300 ORDER BY d, n;
    INSERT INTO appointment_events (at, appointment_id, changed_by, status, slot_id)
      SELECT arrived - (3 - place) * interval '1 hour', appointment, 'reception', status, appointment
      FROM v, unnest(ARRAY['SCHEDULED', 'CHECKED_IN', 'COMPLETED']) WITH ORDINALITY AS s (status, place)
      WHERE n <= 300 ORDER BY d, n, place;
    INSERT INTO visits (id, patient_id, doctor_id, appointment_id, token_date, token_number, date,
      status, vitals, chief_complaint, diagnosis, diagnosis_codes, treatment_plan, signed_by,
      completed_at, created_at, updated_at) OVERRIDING SYSTEM VALUE
      SELECT id, patient, doctor, CASE WHEN n <= 300 THEN appointment END, date, n, date, 'COMPLETED',
        jsonb_build_object('pulse', jsonb_build_object('value', 60 + n % 40, 'unit', 'bpm',
          'standard_value', 60 + n % 40), 'blood_pressure', jsonb_build_object('systolic',
          105 + n % 50, 'diastolic', 65 + n % 25, 'unit', 'mmHg')),
        large.complaint(id), large.diagnosis(id), ARRAY[large.code(id)], large.plan(id), doctor,
        arrived + interval '20 minutes', arrived + interval '12 minutes', arrived + interval '20 minutes'
      FROM v ORDER BY d, n;
    INSERT INTO clinical_notes (visit_id, author_id, category, text, is_addendum, created_at)
      SELECT id, doctor, category, CASE category WHEN 'SYMPTOM' THEN large.complaint(id) || '. '
          || large.symptom(id, 1) || ' ' || large.symptom(id, 2)
        ELSE large.finding(id, 1) || ' ' || large.finding(id, 2) || ' ' || large.plan(id, 3) || '.' END,
        false, arrived + interval '15 minutes'
      FROM v, unnest(ARRAY['SYMPTOM', 'OBSERVATION']) category ORDER BY d, n;
    INSERT INTO prescriptions (id, visit_id, patient_id, doctor_id, date, created_at, updated_at)
      OVERRIDING SYSTEM VALUE
      SELECT rx, id, patient, doctor, date, arrived + interval '18 minutes',
        arrived + interval '18 minutes' FROM v WHERE n <= 400 ORDER BY d, n;
    INSERT INTO prescription_items (id, prescription_id, position, medicine_id, dosage, frequency,
      duration_days, quantity, instructions, dispensed, medicine_name, generic_name, form, strength)
      OVERRIDING SYSTEM VALUE
      SELECT i.id, rx, k + 1, medicine, '1', large.frequency(i.id), 5 + k * 5, quantity,
        large.advice(i.id), quantity, m.name, m.generic_name, m.form, m.strength
      FROM i JOIN medicines m ON m.id = medicine ORDER BY rx, k;
    INSERT INTO invoice_items (invoice_id, position, description, medicine_id, prescription_item_id,
      quantity, unit_price, line_total)
      SELECT i.rx, k + 1, m.name, medicine, i.id, quantity, price, round(quantity * price, 2)
      FROM i JOIN medicines m ON m.id = medicine ORDER BY rx, k;
    INSERT INTO invoices (id, number, patient_id, prescription_id, visit_id, mode, status, subtotal,
      total, paid, issued_at, paid_at, date, created_by, created_at, updated_at)
      OVERRIDING SYSTEM VALUE
      SELECT v.rx, (SELECT last FROM invoice_numbers) + v.rx - \(base), patient, v.rx, v.id, 'AUTO',
        'PAID', s.total, s.total, s.total, arrived + interval '25 minutes',
        arrived + interval '26 minutes', v.date, 'reception', arrived + interval '25 minutes',
        arrived + interval '26 minutes'
      FROM v JOIN (SELECT rx, sum(round(quantity * price, 2)) AS total FROM i GROUP BY rx) s USING (rx)
      WHERE n <= 400 ORDER BY v.rx;
    INSERT INTO payments (invoice_id, payment_method, amount, tendered, received_by, date, paid_at)
      SELECT id, (ARRAY['CASH', 'CARD', 'UPI'])[1 + id % 3], total, total, 'reception', date, paid_at
      FROM invoices WHERE id > \(base) + \(from) * 400 AND id <= \(base) + \(to) * 400 ORDER BY id;
    INSERT INTO dispensings (id, prescription_id, patient_id, invoice_id, pharmacist_id, date,
      dispensed_at) OVERRIDING SYSTEM VALUE
      SELECT rx, rx, patient, rx, (SELECT min(id) FROM users WHERE role = 'PHARMACIST'), date,
        arrived + interval '40 minutes' FROM v WHERE n <= 400 ORDER BY d, n;
    INSERT INTO dispensing_items (id, dispensing_id, prescription_item_id, medicine_id, batch_id,
      quantity, unit_price) OVERRIDING SYSTEM VALUE
      SELECT id, rx, id, medicine, batch, quantity, price FROM i ORDER BY rx, k;
    COMMIT;
    """
  }

  /// Each batch came as one delivery; its quantity is the sum of its movements.
  static let stock = """
    BEGIN;
    INSERT INTO stock_movements (id, medicine_id, batch_id, movement_type, quantity, balance, reason,
      dispensing_id, user_id, user_name, at) OVERRIDING SYSTEM VALUE
    SELECT m.id, m.medicine_id, batch_id, kind, quantity,
      sum(quantity) OVER (PARTITION BY batch_id ORDER BY at, m.id), NULL, dispensing_id, NULL,
      'pharmacist', at
    FROM (
      SELECT b.id, b.medicine_id, b.id AS batch_id, 'RECEIVED' AS kind,
        coalesce(sum(t.quantity), 0)::integer + 200 AS quantity, NULL::bigint AS dispensing_id,
        (b.expiry_date - 740)::timestamptz AS at
      FROM medicine_batches b LEFT JOIN dispensing_items t ON t.batch_id = b.id
      WHERE b.id > \(base) GROUP BY b.id
      UNION ALL
      SELECT t.id + 10000, t.medicine_id, t.batch_id, 'DISPENSED', -t.quantity, t.dispensing_id,
        d.dispensed_at FROM dispensing_items t JOIN dispensings d ON d.id = t.dispensing_id
      WHERE t.id > \(base)
    ) m ORDER BY at, m.id;
    UPDATE medicine_batches b SET quantity = s.quantity FROM (SELECT batch_id,
      sum(quantity) AS quantity FROM stock_movements GROUP BY batch_id) s
    WHERE s.batch_id = b.id AND b.id > \(base);
    UPDATE invoice_numbers SET last = (SELECT max(number) FROM invoices);
    COMMIT;
    """

  /// Fills the outbox, from which the copies are made; their indexes are there by now.
  static let outbox = """
    INSERT INTO outbox (topic, entity_id)
      SELECT 'visit_history', id FROM visits WHERE id > \(base) ORDER BY id;
    INSERT INTO outbox (topic, entity_id)
      SELECT 'stock_movements', id FROM stock_movements WHERE id > \(base) ORDER BY id;
    INSERT INTO outbox (topic, entity_id)
      SELECT 'daily_summaries', date - DATE '2000-01-01' FROM queue_days WHERE date < current_date;
    VACUUM (ANALYZE);
    """

  static func audit(_ count: Int) -> String {
    """
    INSERT INTO audit_entries (at, user_id, user_name, role, source, method, resource_type,
      resource_id, outcome, request_id)
    SELECT now() - (\(count) - n) * interval '20 seconds', (ARRAY[1, 2, 3, 4, 5])[1 + n % 5],
      (ARRAY['reception', 'doctor', 'pharmacist', 'admin', 'kiosk'])[1 + n % 5],
      (ARRAY['RECEPTION', 'DOCTOR', 'PHARMACIST', 'ADMIN', 'KIOSK'])[1 + n % 5], 'tcp',
      (ARRAY['patients.get', 'visits.get', 'patients.update', 'queue.walk_in'])[1 + n % 4], 'patient',
      (n % \(Patients.count))::text, CASE WHEN n % 50 = 0 THEN 'forbidden' ELSE 'ok' END, 'large-' || n
    FROM generate_series(1, \(count)) n;
    """
  }
}
