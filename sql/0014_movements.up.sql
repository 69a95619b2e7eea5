-- When the movement was made, under the lock of its batch, and not when its transaction began: so
-- balances follow one another in the order of time.
ALTER TABLE stock_movements ALTER COLUMN at SET DEFAULT clock_timestamp();
