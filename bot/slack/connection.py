"""The Socket Mode connection, which a lost socket interrupts for a second or two.

The SDK makes a lost connection again by itself, but notices late: what was cut off without a closing frame reads as
silence, and the SDK gives up after five of its pings failed. Here one is enough, and one is sent every second.
"""

from __future__ import annotations

import http.client
import logging
import threading
import time

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.settings import Secrets
from bot.slack.credentials import app_token, connection
from bot.slack.log import SOCKET
from bot.web.health import NotReadyError

_log = logging.getLogger(__name__)

PROBE_SECONDS = 1.0
"""How often the connection is tried."""
LONGEST_WAIT = 30.0
"""Seconds between two tries to connect, at most: 1, 2, 4, ... while Slack cannot be reached."""
LISTENERS = 24
"""Threads that take what Slack sends: each waits for its job to be stored."""
_RECEIVED_AT_ONCE = 8192  # bytes: several events, of which a burst has many
_SILENT_SECONDS = 5.0  # the SDK takes four times this without an answer to its pings as lost
_ACKNOWLEDGING_SECONDS = 1.0  # what was stored when the connection is closed can still be acknowledged
_CLOSING_SECONDS = 5.0  # the SDK's receiving thread looks up every 3


class Connection:
    """The connection of a process over which Slack sends what it has for the app."""

    def __init__(self, app: App, secrets: Secrets) -> None:
        """Prepare to connect `app`.

        Raises:
            UsageError: the app-level token is not set.
        """
        self._secrets = secrets
        self._handler = SocketModeHandler(
            app,
            app_token(secrets),
            logger=logging.getLogger(SOCKET),
            ping_interval=_SILENT_SECONDS,
            concurrency=LISTENERS,
            receive_buffer_size=_RECEIVED_AT_ONCE,
        )
        self._client = self._handler.client
        self._client.socket_mode_request_listeners[:] = [self._take]
        self._closing = threading.Event()
        self._idle, self._taking = threading.Condition(), 0
        self._watching = threading.Thread(target=self._watch, name="slack-connection", daemon=True)

    def open(self) -> None:
        """Connect; from then on a lost connection is made again.

        Raises:
            SlackError: Slack cannot be reached, or refuses the token.
        """
        self._client.wss_uri = connection(self._secrets)
        self._handler.connect()  # type: ignore[no-untyped-call]
        self._watching.start()

    def ready(self) -> None:
        """Return if there is a connection.

        Raises:
            NotReadyError: there is none at this moment.
        """
        if not self._client.is_connected():
            raise NotReadyError("there is no connection to Slack at this moment")

    def close(self) -> None:
        """Take nothing more; what was not acknowledged, Slack sends again."""
        with self._idle:
            self._closing.set()
            self._idle.wait_for(lambda: not self._taking, _ACKNOWLEDGING_SECONDS)
        # The SDK may be waiting for Slack's leave to connect; its threads do not keep the process.
        closing = threading.Thread(target=self._handler.close, name="slack-closing", daemon=True)
        closing.start()
        closing.join(_CLOSING_SECONDS)

    def _take(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        """Hand on what came, and acknowledge it; not once the connection is being closed: Slack sends it again."""
        with self._idle:
            if self._closing.is_set():
                return
            self._taking += 1
        try:
            self._handler.handle(self._client, request)
        except Exception as error:
            if not self._closing.is_set():
                raise
            # What was stored is known when it comes again.
            _log.info("stopped before this was acknowledged", extra={"error": type(error).__name__})
        finally:
            with self._idle:
                self._taking -= 1
                self._idle.notify_all()

    def _watch(self) -> None:
        wait = PROBE_SECONDS
        while not self._closing.wait(wait):
            if self._alive():
                wait = PROBE_SECONDS
                continue
            try:
                self._client.connect_to_new_endpoint()
            except (SlackApiError, SlackClientError, OSError, http.client.HTTPException) as error:
                wait = min(2 * wait, LONGEST_WAIT)
                _log.warning("Slack gives no connection; trying again", extra={"seconds": wait}, exc_info=error)

    def _alive(self) -> bool:
        """Tell whether the connection takes a ping; drop it if it does not."""
        session = self._client.current_session
        if session is None or not session.is_active():
            return False
        try:
            session.ping(f"{session.session_id}:{time.time()}")  # in the SDK's form, which reads the answer
        except OSError:
            session.disconnect()
            return False
        return True
