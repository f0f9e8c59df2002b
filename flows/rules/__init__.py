"""`barrier rules`, `describe`, `backtest` and `reproduce`: which rules run, and what they would have changed."""
