"""What the commands do, one a module; `bot.cli` declares their options."""
