"""Runs: a gold set asked of a corpus, kept in a file, reported and compared."""
