"""The answers of a municipality to the policy checklist, and what rules found that it forgot itself."""
