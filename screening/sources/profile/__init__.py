"""What a file is, without a value of anybody: its columns, the register that it looks like, the table that maps it."""
