ALTER TABLE stock_movements ALTER COLUMN at SET DEFAULT now();
