"""The HTTP server: stored copies of articles, health, figures, and where Slack calls."""
