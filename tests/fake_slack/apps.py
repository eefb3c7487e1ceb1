"""auth.*, apps.connections.open, oauth.v2.access, assistant.threads.*, agents.sessions.setStatus."""

from __future__ import annotations

import base64
import binascii
import secrets
import time

from .chat import Request, refuse_faults
from .model import JSON, Refused, Token
from .world import World

ROTATION = 43_200


def test(request: Request) -> JSON:
    return {"args": request.args}


def auth_test(request: Request) -> JSON:
    workspace = request.workspace
    return {
        "url": f"{request.world.address}/",
        "team": workspace.name,
        "user": request.world.names[workspace.bot_user],
        "team_id": workspace.id,
        "user_id": workspace.bot_user,
        "bot_id": workspace.bot,
        "is_enterprise_install": False,
    }


def revoke(request: Request) -> JSON:
    if not request.flag("test"):
        request.token.state = "token_revoked"
        request.world.change()
    return {"revoked": not request.flag("test")}


def connections_open(request: Request) -> JSON:
    ticket = secrets.token_urlsafe(24)
    request.world.triggers[f"ticket:{ticket}"] = (time.monotonic(), request.token.value)
    address = request.world.address.replace("http://", "ws://", 1)
    return {"url": f"{address}/link/?ticket={ticket}&app_id={request.world.settings.app}"}


def set_status(request: Request) -> JSON:
    request.world.find_channel(request.need("channel_id", "channel_not_found"), request.team)
    request.need("thread_ts")
    if "status" not in request.args:
        request.need("status")
    messages = request.structure("loading_messages", "invalid_arguments") or []
    if len(messages) > 10:
        raise Refused("invalid_arguments")
    request.world.statuses.append({**request.args, "at": time.monotonic()})
    request.world.change()
    return {}


def set_prompts(request: Request) -> JSON:
    world = request.world
    world.find_channel(request.need("channel_id", "channel_not_found"), request.team)
    if world.settings.agent_view and request.args.get("thread_ts"):
        raise Refused("invalid_thread_ts")  # Slack itself fails without a word
    prompts = request.structure("prompts", "invalid_arguments")
    refuse_faults(request.method, {"prompts": prompts})
    world.prompts.append({**request.args, "prompts": prompts})
    world.change()
    return {}


def session_status(request: Request) -> JSON:
    request.world.find_channel(request.need("channel_id", "channel_not_found"), request.team)
    if request.need("status") not in ("processing", "active", "suspended", "closed"):
        raise Refused("invalid_arguments")
    request.world.statuses.append({**request.args, "at": time.monotonic()})
    request.world.change()
    return {}


def oauth_access(world: World, args: JSON, authorization: str | None) -> JSON:
    """Give a token for a code, or a new one for a refresh token."""
    client, secret = args.get("client_id"), args.get("client_secret")
    if authorization and authorization.startswith("Basic "):
        try:
            client, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise Refused("bad_client_secret") from None
    if client != world.settings.client_id:
        raise Refused("invalid_client_id")
    if secret != world.settings.client_secret:
        raise Refused("bad_client_secret")
    if args.get("grant_type") == "refresh_token":
        old = next((t for t in world.tokens.values() if t.refresh and t.refresh == args.get("refresh_token")), None)
        if old is None or old.state != "active":
            raise Refused("invalid_refresh_token")
        old.refresh = None
        return _granted(world, _new_token(world, old.team, old.scopes))
    if args.get("code") not in world.codes:
        raise Refused("invalid_code")
    team, scopes = world.codes.pop(str(args["code"]))
    return _granted(world, _new_token(world, team, scopes))


def _new_token(world: World, team: str, scopes: set[str]) -> Token:
    rotating = world.settings.token_rotation
    value = f"{'xoxe.xoxb-1' if rotating else 'xoxb'}-{secrets.token_hex(12)}"
    token = world.add_token(value, team, "bot", scopes)
    if rotating:
        token.expires, token.refresh = time.time() + ROTATION, f"xoxe-1-{secrets.token_hex(12)}"
    world.change()
    return token


def _granted(world: World, token: Token) -> JSON:
    workspace = world.workspaces[token.team]
    granted: JSON = {
        "app_id": world.settings.app,
        "authed_user": {"id": "U0INSTALLER"},
        "scope": ",".join(sorted(token.scopes)),
        "token_type": "bot",
        "access_token": token.value,
        "bot_user_id": workspace.bot_user,
        "team": {"id": workspace.id, "name": workspace.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    if token.refresh:
        granted |= {"refresh_token": token.refresh, "expires_in": ROTATION}
    return granted
