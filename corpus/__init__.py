"""What there is to know: articles in, clean and catalogued; the statements found in them."""
