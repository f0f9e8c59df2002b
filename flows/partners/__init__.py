"""`barrier export`: signals to partners, their recipients and keys, batches and corrections."""
