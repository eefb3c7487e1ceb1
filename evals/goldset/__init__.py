"""Gold sets: questions with what an answer must hold, read from JSON Lines and checked against the corpus."""
