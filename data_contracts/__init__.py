"""One Open Data Contract Standard 3.1 file a data set; no code. A package only so that the wheel carries the files."""
