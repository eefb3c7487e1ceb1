"""The Slack bot: mention it, and get a cited answer in the thread."""
