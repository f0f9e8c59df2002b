"""What a receiver opens a batch with: a page, or the script `verify_batch.py`, which imports no module of ours."""
