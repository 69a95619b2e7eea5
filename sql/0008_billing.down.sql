ALTER TABLE dispensings DROP CONSTRAINT dispensings_invoice;
DROP TABLE refunds, payments, invoice_items, invoice_numbers, invoices;
DROP FUNCTION invoice_items_locked(), invoices_locked(), payments_kept();
