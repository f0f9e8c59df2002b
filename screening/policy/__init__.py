"""The checklist of policy: its questions, and what the answers of a municipality make of them."""
