DROP TABLE stock_movements, dispensing_items, dispensings, prescription_items, prescriptions,
  medicine_batches, medicines;
DROP FUNCTION stock_movements_apply(), stock_movements_told(), medicine_batches_by_movement();
DELETE FROM outbox WHERE topic = 'stock_movements';
