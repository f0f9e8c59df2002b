"""The signal to a partner: its fields, minimised, checked and previewed. Pure: content in, content out."""
