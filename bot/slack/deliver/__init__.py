"""Messages to Slack: each is sent once, whatever breaks on the way.

What is known, and where
    Slack has no transactions and takes no keys of ours; a call whose connection broke may have been carried out. So
    there are three states of a message (a row of ``store.messages``, by job and number):

    - no row: nobody sent it, and nobody is sending it;
    - a row without ts, an *intent*: it may have been sent, or be on its way;
    - a row with ts: it is there. What it shows may be half of it (a stream) or an older answer (the question was
      edited), and it may have been deleted since.

    What is posted carries the metadata ``whosaid_answer {"job", "part"}``, by which it is found again in its thread.
    A stream gets it at its stop only; before, it is found as the bot's message in that thread that came after the
    intent, belongs to no job, and begins as ours does.

Who may do what
    One worker at a time holds a job, by a lease of 60 seconds that is renewed every 15. The intent is written in the
    transaction that checks the lease. No call begins unless 24 seconds of the lease are left, by our own clock, and a
    call waits 10 seconds: so whoever lost the lease posts nothing after another began (`lease`). Questions of a thread
    are answered one after another, so no two jobs stream into one thread.

What is done for message n, by whoever holds the job, for the first time or again (`outgoing`)
    1. An intent that is not ours: look in the thread. Found: write the ts down. Not found: strike the intent out. The
       search refused (429): put this job off, post nothing. A job that was edited may have been taken from its worker
       in the middle of a call: then the job is first put off until the intent is 20 seconds old.
    2. A row with ts: ``chat.update`` to the words of today, unless this process knows that it shows them. An open
       stream is stopped first. It is there no more: somebody deleted it, and it is not sent again.
    3. No row: write the intent, send, write the ts down.
       Carried out -> ts. Refused or 429 or never sent -> strike the intent out; then, as it may be, the other way
       (post in place of a stream, text in place of blocks), later, or an error. Nobody knows -> leave the intent, put
       the job off for seconds, go on at 1.
    4. Then message n + 1. Before each, and between the steps of a stream, it is asked whether the asker pressed Stop.
    What is too much (a shorter answer after an edit) is deleted last.

Why nothing is lost
    A job ends only after its last message has its ts. Killed before: its lease runs out, and the next worker begins at
    message 0 with the stored answer, so with the same words. PutOff gives the job back with its answer, and that does
    not count as an attempt; waiting takes no thread, and holds up no other channel.

Why nothing is repeated: killed, or the socket lost
    - before the intent: nothing was sent.
    - after the intent, before the call or in the middle of it: searched for, not found, sent.
    - after Slack carried it out, before the ts was written: searched for, found.
    - in the middle of a stream: its ts is known, or it is found; it is finished by an update.
    - after the ts: updated to the same words, which changes nothing.
    - between messages, or after the last: the next is sent; or nothing, and the job ends.
    - lease lost while a call was on its way (a machine that stood still): an intent is 24 seconds old when the lease
      is out, and the next worker finds the message. Should it come later still, the first ts that was written down
      stays, and who comes second deletes its own message.
    - the question was edited meanwhile: its worker loses the lease; the next intent, and the renewal before each
      update, tell it so.
    - the question was deleted: its answer stops before the next message; ``remove`` waits until the job has ended.

What only one person sees (ephemeral) cannot be searched for: an intent that is not ours counts as sent, so it is shown
at most once. 429 of ``chat.startStream`` holds for the workspace: messages are posted instead. Any other 429 holds for
its method in its channel (`bot.slack.gates`).
"""

from bot.slack.deliver.delivery import Delivery, place_of
from bot.slack.deliver.find import EVENT
from bot.slack.deliver.lease import LEASE, Lease, LeaseLost, Leases
from bot.slack.deliver.tools import NOTE, Cancelled, Place

__all__ = ["EVENT", "LEASE", "NOTE", "Cancelled", "Delivery", "Lease", "LeaseLost", "Leases", "Place", "place_of"]
