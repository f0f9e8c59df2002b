"""The script of the receiver: `verify_batch.py` is a single file that imports no other module of ours."""
