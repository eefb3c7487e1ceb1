"""Everything that can go wrong and be told to a user in one sentence.

    WhosaidError
    ├── UsageError          what was asked for cannot be done as asked (exit code 2)
    ├── LoadError           a file or record could not become an article; the run goes on
    │   └── Skipped         ... and was not meant to: a picture, a link out of the folder, a pipe
    ├── CatalogueError      the catalogue cannot be opened, migrated or written
    ├── StaleIndexError     the index is missing, stale, or made with other settings
    ├── BackupError         a backup cannot be written, or is none that can be restored
    ├── ModelError          an embedding model cannot be loaded or compiled
    ├── JobsError           the Slack bot's database cannot be opened, migrated or used
    ├── SlackError          Slack cannot be reached, or refuses what it is asked
    └── VerificationError   a citation is not what the stored article says (never shown)

A message says what was tried, what was found and what to do. Foreign errors are mapped once,
where they enter, and chained with ``from``.
"""


class WhosaidError(Exception):
    """The root: an error told to the user in one sentence, without a traceback.

    `many` marks those that are a sentence a line, since several things are wrong at once.
    """

    many = False


class UsageError(WhosaidError):
    """The request itself is wrong: an unknown article, a malformed date, a missing file."""


class LoadError(WhosaidError):
    """One file or record could not be read as an article."""


class Skipped(LoadError):
    """Something was passed over that is no article by its nature; nothing went wrong."""


class CatalogueError(WhosaidError):
    """The catalogue could not be opened, migrated or written."""


class StaleIndexError(WhosaidError):
    """The index is missing, older than the catalogue, or made with other settings."""


class BackupError(WhosaidError):
    """A backup could not be written, or the file is none that can be restored."""


class ModelError(WhosaidError):
    """The embedding model could not be loaded or compiled."""


class JobsError(WhosaidError):
    """The Slack bot's own database could not be opened, migrated or used."""


class SlackError(WhosaidError):
    """Slack could not be reached, or refused what it was asked."""


class VerificationError(WhosaidError):
    """A citation differs from the stored text; the answer that holds it is not shown."""
