"""How it is told: the answer and its gates, the command line."""
