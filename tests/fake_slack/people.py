"""People, in their own words: who mentions the bot, clicks, edits, presses Stop."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from . import events, modals
from .model import JSON, Channel, Delivery, Message, View
from .world import World


class Nothing(AssertionError):
    """The person looked for something that is not on the screen."""


class User:
    """A person of the workspace. A method that takes a channel makes it, and the person joins it, if need be."""

    def __init__(self, world: World, ident: str) -> None:
        self._world = world
        self.id = ident

    @property
    def team(self) -> str:
        return self._world.user_teams[self.id]

    def _joined(self, channel: str) -> Channel:
        joined = self._world.channel_of(channel, self.team)
        joined.members.add(self.id)
        return joined

    # words

    def mentions_bot(self, channel: str, text: str, thread: str | None = None) -> str:
        """Write ``<@BOT> text``; the app gets app_mention and message.channels, as from Slack. Returns the ts."""
        bot = self._world.workspaces[self.team].bot_user
        return self.writes(channel, f"<@{bot}> {text}", thread)

    def writes(self, channel: str, text: str, thread: str | None = None) -> str:
        """Write a message as it is; one with the bot's ``<@...>`` mentions it. Returns the ts."""
        with self._world.lock:
            where = self._joined(channel)
            return self._write(where, text, thread)

    def direct(self, text: str, thread: str | None = None) -> str:
        """Write to the bot directly; a message of the agent view has no thread. Returns the ts."""
        with self._world.lock:
            return self._write(self._world.direct_of(self.id), text, thread)

    @property
    def dm(self) -> str:
        """The channel of the direct messages with the bot."""
        return self._world.direct_of(self.id).id

    def _write(self, where: Channel, text: str, thread: str | None) -> str:
        world = self._world
        said = Message(where.id, world.new_ts(), where.team, self.id, text, events.rich(text), thread)
        said.client_msg_id = str(uuid.uuid4())
        world.post(said)
        bot = world.workspaces[where.team].bot_user
        if bot in where.members:
            if f"<@{bot}" in text and not where.im:
                world.emit_event(where.team, events.mention(said), where.external)
            world.emit_message(said)
        return said.ts

    def edits(self, channel: str, ts: str, text: str) -> None:
        """Change one's message; the mention stays if `text` has none."""
        world = self._world
        with world.lock:
            said = world.find_message(channel, ts)
            bot = f"<@{world.workspaces[said.team].bot_user}>"
            if bot in said.text and bot not in text:
                text = f"{bot} {text}"
            before = world.rewrite(said, self.id, text, events.rich(text))
            world.emit_changed(said, before)
            world.change()

    def deletes(self, channel: str, ts: str) -> None:
        """Delete one's message; one with replies leaves a tombstone."""
        with self._world.lock:
            self._world.delete(self._world.find_message(channel, ts))

    # commands, shortcuts, surfaces

    def asks(self, command: str, channel: str) -> Delivery:
        """Send a slash command, ``/ask ...``; what the app answers with the acknowledgement is shown to this person."""
        world = self._world
        name, _, text = command.partition(" ")
        with world.lock:
            where = self._joined(channel) if channel != self.dm else world.direct_of(self.id)
            url, trigger = world.new_response_url(where.id, self.id), world.new_trigger(self.id)
            body = events.command(
                world.settings.app, world.workspaces[self.team], where, self.id, name, text.strip(), url, trigger
            )
            return world.emit("slash_commands", body, lambda answer: self._shown(where, answer))

    def _shown(self, where: Channel, answer: Any) -> None:
        if isinstance(answer, dict) and (answer.get("text") or answer.get("blocks")):
            world = self._world
            bot = world.workspaces[where.team]
            said = Message(where.id, world.new_ts(), where.team, bot.bot_user, str(answer.get("text", "")))
            said.blocks, said.bot, said.app = answer.get("blocks") or [], bot.bot, world.settings.app
            said.ephemeral_to = None if answer.get("response_type") == "in_channel" else self.id
            world.post(said)

    def checks_claim(self, channel: str, ts: str, shortcut: str | None = None) -> Delivery:
        """Use the message shortcut on a message of anybody."""
        world = self._world
        with world.lock:
            where, said = world.channels[channel], world.find_message(channel, ts)
            where.members.add(self.id)
            body = self._interaction(
                "message_action",
                callback_id=shortcut or world.settings.shortcut,
                channel={"id": where.id, "name": where.name},
                message=said.as_json(),
                message_ts=said.ts,
                action_ts=world.new_ts(),
                response_url=world.new_response_url(where.id, self.id, thread=said.thread),
            )
            return world.emit("interactive", body)

    def opens_home(self) -> Delivery:
        return self._opens("home")

    def opens_agent_view(self) -> Delivery:
        return self._opens("messages")

    def _opens(self, tab: str) -> Delivery:
        world = self._world
        with world.lock:
            view = self.home if tab == "home" else None
            told = modals.told(world, view) if view else None
            event = events.home_opened(self.id, self.dm, tab, world.new_ts(), told)
            return world.emit_event(self.team, event)

    def presses_stop(self, channel: str, thread: str) -> Delivery:
        """Press the Stop button of the agent view: the app's open streams of the thread end."""
        world = self._world
        with world.lock:
            streams = [m for m in world.replies_to(channel, thread) if m.stream and m.stream.state == "open"]
            for said in streams:
                if said.stream:
                    said.stream.state = "stopped_by_user"
            event = events.stopped(self.id, channel, thread, [said.ts for said in streams], world.new_ts())
            return world.emit_event(self.team, event)

    # buttons and modals

    def _interaction(self, kind: str, **more: Any) -> JSON:
        world = self._world
        trigger = world.new_trigger(self.id)
        return events.interaction(kind, world.settings.app, world.workspaces[self.team], self.id, trigger, **more)

    def clicks(self, where: Message | View, action_id: str, value: str | None = None) -> Delivery:
        """Click a button (or choose `value` of thumbs or a menu) in a message, a modal or App Home.

        `action_id` may be its beginning. Raises `Nothing` where there is no such thing to click on.
        """
        world = self._world
        with world.lock:
            blocks = where.blocks if isinstance(where, Message) else where.body["blocks"]
            block, element = find_element(blocks, action_id, value)
            action = events.action(element, block, value, world.new_ts())
            if isinstance(where, Message):
                channel = world.channels[where.channel]
                parts = events.in_message(where, channel)
                parts["response_url"] = world.new_response_url(channel.id, self.id, where.ts, where.thread)
            else:
                parts = events.in_view(where, modals.told(world, where))
            state: JSON = {"values": {}}
            return world.emit("interactive", self._interaction("block_actions", **parts, state=state, actions=[action]))

    def submits(self, view: View, values: Mapping[str, Any]) -> Delivery:
        """Send a modal: values by action_id or block_id; text, or the value of an option.

        What the app found wrong is in the delivery's answer; else the modal closes or changes as the app said.
        """
        world = self._world
        with world.lock:
            if view.closed:
                raise Nothing("the modal is not open any more")
            body = self._interaction("view_submission", view=modals.told(world, view, filled(view, values)))
            body["response_urls"] = []
            return world.emit("interactive", body, lambda answer: _done(world, view, answer))

    def closes(self, view: View) -> Delivery | None:
        """Close a modal; the app is told where it asked for that."""
        world = self._world
        with world.lock:
            modals.close(world, view)
            if not view.body.get("notify_on_close"):
                return None
            body = self._interaction("view_closed", view=modals.told(world, view), is_cleared=False)
            return world.emit("interactive", body)

    # what they see

    @property
    def modal(self) -> View | None:
        """The modal that is on top."""
        stack = self._world.modals.get(self.id) or [""]
        return self._world.views.get(stack[-1])

    @property
    def home(self) -> View | None:
        """Their App Home."""
        return self._world.views.get(self._world.homes.get(self.id, ""))

    def thread(self, channel: str, ts: str) -> list[Message]:
        """Read a thread: its replies, and what only this person sees in it, oldest first."""
        with self._world.lock:
            mine = [m for m in self._world.ephemeral if m.ephemeral_to == self.id and m.channel == channel]
            found = [*self._world.replies_to(channel, ts), *(m for m in mine if m.thread == ts)]
            return sorted(found, key=lambda message: message.ts)

    def ephemeral(self, channel: str | None = None) -> list[Message]:
        """What only this person sees."""
        with self._world.lock:
            shown = [m for m in self._world.ephemeral if m.ephemeral_to == self.id]
            return [m for m in shown if channel in (None, m.channel)]


def _done(world: World, view: View, answer: Any) -> None:
    if not view.closed:
        modals.submitted(world, view, answer)


def find_element(blocks: list[JSON], action_id: str, value: str | None = None) -> tuple[JSON, JSON]:
    """Return (block, element): the exact action_id before one that begins so; of several the one with the value."""
    every = [(block, element) for block in events.every(blocks) for element in events.elements_of(block)]
    exact = [pair for pair in every if pair[1]["action_id"] == action_id]
    fits = exact or [pair for pair in every if pair[1]["action_id"].startswith(action_id)]
    if not fits:
        there = ", ".join(element["action_id"] for _, element in every) or "none at all"
        raise Nothing(f"there is no {action_id!r} to click on; there is: {there}")
    return next((pair for pair in fits if value is not None and pair[1].get("value") == value), fits[0])


def filled(view: View, values: Mapping[str, Any]) -> JSON:
    """Return ``state.values`` of a modal with its fields filled in."""
    state: JSON = {}
    known: set[str] = set()
    for block in events.every(view.body["blocks"]):
        if block.get("type") != "input":
            continue
        element, ident = block["element"], block["block_id"]
        names = [name for name in (element["action_id"], ident) if name in values]
        known.update(names)
        state[ident] = {element["action_id"]: _field(element, values[names[0]] if names else None)}
    if set(values) - known:
        raise Nothing(f"the modal has no field {sorted(set(values) - known)}; it has {sorted(state)}")
    return state


def _field(element: JSON, value: Any) -> JSON:
    kind = element["type"]
    if kind in ("static_select", "radio_buttons"):
        options = element.get("options") or []
        chosen = next((o for o in options if o["value"] == value), element.get("initial_option"))
        return {"type": kind, "selected_option": chosen}
    if kind == "checkboxes":
        wanted = [option for option in element["options"] if option["value"] in (value or [])]
        return {"type": kind, "selected_options": wanted}
    return {"type": kind, "value": element.get("initial_value") if value is None else value}
