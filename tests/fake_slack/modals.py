"""views.open, .push, .update, .publish; and what a view_submission's answer does to the stack of modals."""

from __future__ import annotations

import time
import uuid
from typing import Any

from .chat import Request, refuse_faults
from .model import JSON, Refused, View
from .world import World

STACK = 3


def _body(request: Request, kinds: tuple[str, ...]) -> JSON:
    """Return the view of a call, as it may be shown."""
    view = request.structure("view", "invalid_arguments")
    check(view, request.method, kinds)
    return dict(view)


def check(view: Any, method: str, kinds: tuple[str, ...]) -> None:
    """Refuse a view that Slack would not show."""
    if not isinstance(view, dict) or view.get("type") not in kinds:
        refusal = f"[ERROR] invalid view, none of {kinds} [json-pointer:/view/type]"
        raise Refused("invalid_arguments", response_metadata={"messages": [refusal]})
    # a view is published or opened by name, updated whichever it is
    refuse_faults("views.publish" if view["type"] == "home" else method, {"view": view})


def use_trigger(world: World, trigger: str) -> str:
    """Return whose trigger it is; it works once, for a moment.

    Raises:
        Refused: invalid_trigger_id, exchanged_trigger_id, expired_trigger_id.
    """
    if trigger in world.used_triggers:
        raise Refused("exchanged_trigger_id")
    if trigger not in world.triggers:
        raise Refused("invalid_trigger_id")
    born, user = world.triggers[trigger]
    if time.monotonic() - born > world.settings.trigger_seconds:
        raise Refused("expired_trigger_id")
    world.used_triggers.add(trigger)
    return user


def _made(world: World, team: str, user: str, body: JSON, under: View | None = None) -> View:
    ident = world.new_id("V")
    kept = {**body, "blocks": world.with_ids(body.get("blocks") or [])}
    root = under.root if under else ident
    view = View(ident, team, user, kept, _hash(), root, under.id if under else None)
    world.views[ident] = view
    return view


def _hash() -> str:
    return f"{int(time.time())}.{uuid.uuid4().hex[:8]}"


def told(world: World, view: View, state: JSON | None = None) -> JSON:
    return view.as_json(world.workspaces[view.team].bot, world.settings.app, state)


def open_view(request: Request) -> JSON:
    world = request.world
    body = _body(request, ("modal",))
    user = use_trigger(world, request.need("trigger_id", "invalid_arguments"))
    for old in world.modals.get(user, []):
        world.views[old].closed = True
    view = _made(world, request.team, user, body)
    world.modals[user] = [view.id]
    world.change()
    return {"view": told(world, view)}


def push_view(request: Request) -> JSON:
    world = request.world
    body = _body(request, ("modal",))
    user = use_trigger(world, request.need("trigger_id", "invalid_arguments"))
    view = push_on(world, request.team, user, body)
    return {"view": told(world, view)}


def push_on(world: World, team: str, user: str, body: JSON) -> View:
    stack = world.modals.get(user, [])
    if not stack:
        raise Refused("not_found")
    if len(stack) >= STACK:
        raise Refused("push_limit_reached")
    view = _made(world, team, user, body, world.views[stack[-1]])
    stack.append(view.id)
    world.change()
    return view


def _shown(request: Request) -> View:
    """Return the view that a call names."""
    ident, external = request.args.get("view_id"), request.args.get("external_id")
    if external:
        named = (v for v in request.world.views.values() if v.body.get("external_id") == external)
    else:
        named = (v for v in request.world.views.values() if v.id == ident)
    view = next(named, None)
    if view is None or view.closed or view.team != request.team:
        raise Refused("not_found")
    return view


def update_view(request: Request) -> JSON:
    view = _shown(request)
    body = _body(request, (view.body["type"],))
    if request.args.get("hash") not in (None, view.hash):
        raise Refused("hash_conflict")
    rewrite(request.world, view, body)
    return {"view": told(request.world, view)}


def rewrite(world: World, view: View, body: JSON) -> None:
    view.body = {**body, "blocks": world.with_ids(body.get("blocks") or [])}
    view.hash = _hash()
    world.change()


def publish(request: Request) -> JSON:
    world, user = request.world, request.need("user_id", "invalid_arguments")
    if world.user_teams.get(user) != request.team:
        raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] user not found"]})
    body = _body(request, ("home",))
    shown = world.homes.get(user)
    if shown is None:
        view = _made(world, request.team, user, body)
        world.homes[user] = view.id
    else:
        view = world.views[shown]
        if request.args.get("hash") not in (None, view.hash):
            raise Refused("hash_conflict")
        rewrite(world, view, body)
    world.change()
    return {"view": told(world, view)}


def close(world: World, view: View, everything: bool = False) -> None:
    """Take a modal from the stack of its user, or all of them."""
    stack = world.modals.get(view.user, [])
    for ident in stack if everything else [view.id]:
        world.views[ident].closed = True
    world.modals[view.user] = [] if everything else [ident for ident in stack if ident != view.id]
    world.change()


def submitted(world: World, view: View, answer: Any) -> dict[str, str]:
    """Do what the app answered to a view_submission; returns what it found wrong with the fields."""
    wanted = answer if isinstance(answer, dict) else {}
    action = wanted.get("response_action")
    if action == "errors":
        return dict(wanted["errors"])
    if action in ("update", "push"):
        check(wanted.get("view"), f"views.{action}", ("modal",))
        if action == "update":
            rewrite(world, view, wanted["view"])
        else:
            push_on(world, view.team, view.user, wanted["view"])
    else:
        close(world, view, everything=action == "clear")
    return {}
