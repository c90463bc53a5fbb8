"""The pages while a real database lags, hangs or is gone; sessions are kept elsewhere."""
