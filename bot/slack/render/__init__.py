"""What people see in Slack, as pure functions of data.

Everything in blocks is ``rich_text`` or ``plain_text``, which Slack shows character by character: nothing in them is
looked through for mentions, formatting, emoji codes or addresses, so there is nothing to escape, and what is copied
from Slack is what the article says. ``mrkdwn`` text, where every word of an article would have to be made harmless, is
left to the one place that has nothing else: the text beside the blocks.
"""
