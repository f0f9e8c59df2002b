"""What the receiver runs. `verify_batch.py` is one file that imports nothing of ours."""
