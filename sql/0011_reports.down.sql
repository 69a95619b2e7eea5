DROP TRIGGER patients_renamed ON patients;
DROP INDEX patients_created, prescriptions_date, stock_movements_at, invoices_issued_at;
DROP TRIGGER appointments_past_day ON appointments;
DROP TRIGGER visits_past_day ON visits;
DROP FUNCTION past_day_changed(), patients_renamed();
DELETE FROM projections WHERE name = 'daily_summaries';
