"""``/api/{method}``: who calls, may they, not too often, and what goes wrong on purpose; every call is recorded."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import NamedTuple

from . import apps, chat, modals, reading, streams
from .chat import Method, Request
from .faults import Fault
from .limiter import Limiter
from .model import Answer, Call, Refused, Token
from .world import World


class Spec(NamedTuple):
    run: Method
    scope: str | None = None
    """Scopes, one of which is needed, between bars."""
    kind: str = "bot"


READ = "channels:history|groups:history|im:history"
INFO = "channels:read|groups:read|im:read"

METHODS: Mapping[str, Spec] = {
    "api.test": Spec(apps.test, kind="none"),
    "auth.test": Spec(apps.auth_test, kind="any"),
    "auth.revoke": Spec(apps.revoke, kind="any"),
    "apps.connections.open": Spec(apps.connections_open, "connections:write", "app"),
    "chat.postMessage": Spec(chat.post_message, "chat:write"),
    "chat.postEphemeral": Spec(chat.post_ephemeral, "chat:write"),
    "chat.update": Spec(chat.update, "chat:write"),
    "chat.delete": Spec(chat.delete, "chat:write"),
    "chat.startStream": Spec(streams.start, "chat:write"),
    "chat.appendStream": Spec(streams.append, "chat:write"),
    "chat.stopStream": Spec(streams.stop, "chat:write"),
    "conversations.replies": Spec(reading.replies, READ),
    "conversations.history": Spec(reading.history, READ),
    "conversations.info": Spec(reading.info, INFO),
    "conversations.open": Spec(reading.open_direct, "im:write"),
    "users.info": Spec(reading.user_info, "users:read"),
    "usergroups.users.list": Spec(reading.usergroup_users, "usergroups:read"),
    "reactions.add": Spec(reading.add_reaction, "reactions:write"),
    "views.open": Spec(modals.open_view),
    "views.push": Spec(modals.push_view),
    "views.update": Spec(modals.update_view),
    "views.publish": Spec(modals.publish),
    "assistant.threads.setStatus": Spec(apps.set_status, "assistant:write|chat:write"),
    "assistant.threads.setSuggestedPrompts": Spec(apps.set_prompts, "assistant:write"),
    "agents.sessions.setStatus": Spec(apps.session_status, "chat:write"),
}


def authorised(world: World, spec: Spec, value: str | None) -> Token:
    """Return the token of a call.

    Raises:
        Refused: none, not one of ours, expired, revoked, of the wrong kind, or without the scope.
    """
    if value is None:
        raise Refused("not_authed")
    token = world.tokens.get(value)
    if token is None:
        raise Refused("invalid_auth")
    if token.state != "active":
        raise Refused(token.state)
    if token.expires is not None and time.time() >= token.expires:
        raise Refused("token_expired")
    if spec.kind not in ("any", token.kind):
        raise Refused("not_allowed_token_type")
    needed = spec.scope.split("|") if spec.scope else []
    if needed and not token.scopes & set(needed):
        raise Refused("missing_scope", needed=needed[0], provided=",".join(sorted(token.scopes)))
    return token


def perform(world: World, limiter: Limiter, call: Call, authorization: str | None) -> Answer:
    """Carry out a call and return what the caller is told."""
    with world.lock:
        try:
            if call.method == "oauth.v2.access":
                return Answer({"ok": True, **apps.oauth_access(world, call.args, authorization)})
            spec = METHODS.get(call.method)
            if spec is None:
                raise Refused("unknown_method", req_method=call.method)
            if spec.kind == "none":
                return Answer({"ok": True, "args": call.args})
            token = authorised(world, spec, call.token)
            call.team = token.team
            limiter.check(call.method, token.team, call.args)
            args = {name: value for name, value in call.args.items() if name != "token"}
            told = spec.run(Request(world, call.method, args, token))
            return Answer({"ok": True, **told}, scopes=",".join(sorted(token.scopes)))
        except Refused as refused:
            return refused.answer()


def faulty(fault: Fault) -> Answer | None:
    """Return what a fault says in place of the call; None where the call is carried out."""
    if fault.kind == "error":
        return Answer({"ok": False, "error": fault.code})
    if fault.kind == "http":
        return Answer({"ok": False, "error": "internal_error"}, fault.status)
    if fault.kind == "ratelimited":
        return Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(fault.retry_after)})
    return None
