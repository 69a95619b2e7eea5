ALTER TABLE dispensings DROP CONSTRAINT dispensings_invoice;
UPDATE dispensings SET invoice_id = NULL;
DROP TABLE refunds, payments, invoice_items, invoice_numbers, invoices;
DROP FUNCTION invoice_items_locked(), invoices_locked(), payments_kept();
