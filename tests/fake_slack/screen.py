"""What one person sees of the bot, printed as it comes: messages, modals, App Home, suggestions; buttons numbered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from .chat import is_streaming
from .fake import FakeSlack
from .model import Message, View
from .people import User
from .text import DIM, Button, Pen


class Screen:
    """Follows the world in a thread of its own until `close`."""

    def __init__(self, slack: FakeSlack, person: User, write: Callable[[str], None], colour: bool) -> None:
        self._slack, self._person, self._write = slack, person, write
        self._pen = Pen(self._number, colour)
        self._where: Message | View | None = None
        self._shown: dict[str, Any] = {}
        self._status = ""
        self._over = False
        self.buttons: list[tuple[Message | View, Button]] = []
        self.suggested: list[str] = []
        self.changed = time.monotonic()
        """When something was last printed."""
        self._thread = threading.Thread(target=self._follow, name="screen", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over = True
        self._slack.world.change()
        self._thread.join()

    def _number(self, button: Button) -> int:
        assert self._where is not None
        self.buttons.append((self._where, button))
        return len(self.buttons)

    def _follow(self) -> None:
        world = self._slack.world
        with world.changed:
            while not self._over:
                self._look()
                world.changed.wait()
            self._look()

    def _look(self) -> None:
        """Print what is new."""
        world = self._slack.world
        mine = [m for m in world.ephemeral if m.ephemeral_to == self._person.id]
        for said in sorted([*world.messages.values(), *mine], key=lambda message: message.ts):
            if said.bot == self._slack.settings.bot:
                self._message(said)
        modal, home = self._person.modal, self._person.home
        self._view("modal", modal if modal is None or not modal.closed else None)
        self._view("App Home", home)
        self._prompts()
        self._statuses()

    def _message(self, said: Message) -> None:
        if is_streaming(self._slack.world, said):
            return  # it is printed when it is whole
        seen = None if said.deleted else (said.text, said.blocks)
        if said.ts not in self._shown and said.deleted:
            return
        if said.ts in self._shown and self._shown[said.ts] == seen:
            return
        how = "changed" if said.ts in self._shown else "only you see this" if said.ephemeral_to else ""
        self._shown[said.ts] = seen
        if said.deleted:
            self._print("whosaid", "deleted a message", "")
            return
        self._where = said
        drawn = self._pen.blocks(said.blocks) if said.blocks else self._pen.mrkdwn(said.text)
        place = "in the thread" if said.thread else f"in {said.channel}"
        self._print("whosaid", ", ".join(filter(None, (place, how))), drawn)

    def _view(self, name: str, view: View | None) -> None:
        seen = None if view is None else (view.id, view.hash)
        if self._shown.get(name) == seen:
            return
        self._shown[name] = seen
        if view is None:
            self._print(name, "closed", "")
            return
        self._where = view
        title = view.body.get("title", {}).get("text", "")
        self._print(name, title, self._pen.blocks(view.body["blocks"]))

    def _prompts(self) -> None:
        given = self._slack.world.prompts
        if len(given) == self._shown.get("prompts", 0):
            return
        self._shown["prompts"] = len(given)
        self.suggested = [prompt["message"] for prompt in given[-1]["prompts"]]
        lines = [f"[s{n}: {prompt['title']}]" for n, prompt in enumerate(given[-1]["prompts"], 1)]
        self._print("suggested", "", "\n".join(lines))

    def _statuses(self) -> None:
        given = self._slack.world.statuses
        status = str(given[-1].get("status", "")) if given else ""
        if status != self._status:
            self._status = status
            if status:
                self._print("whosaid", status, "")

    def _print(self, who: str, how: str, drawn: str) -> None:
        head = f"{who} ({how})" if how else who
        body = "".join(f"\n  {line}" for line in drawn.splitlines())
        self._write(f"{self._pen.styled(head, DIM)}{body}\n")
        self.changed = time.monotonic()
