"""What each command of ``whosaid eval`` does."""
