"""conversations.*, users.info, usergroups.users.list, reactions.add."""

from __future__ import annotations

from .chat import Request
from .model import JSON, Channel, Message, Refused

PAGE = 100
PAGE_DISTRIBUTED = 15


def _page(request: Request, found: list[Message], told: list[JSON]) -> JSON:
    """Return one page of messages: `found` as `told`, from the cursor on."""
    most = PAGE_DISTRIBUTED if request.world.settings.distributed else 1000
    limit = max(1, min(int(request.args.get("limit") or PAGE), most))
    cursor = request.args.get("cursor")
    begin = 0
    if cursor:
        ts = str(cursor).removeprefix("next_ts:")
        begin = next((n for n, message in enumerate(found) if message.ts == ts), -1)
        if begin < 0:
            raise Refused("invalid_cursor")
    more = begin + limit < len(found)
    answer: JSON = {"messages": told[begin : begin + limit], "has_more": more}
    if more:
        answer["response_metadata"] = {"next_cursor": f"next_ts:{found[begin + limit].ts}"}
    return answer


def _within(request: Request, message: Message) -> bool:
    """Tell whether a message is between oldest and latest."""
    oldest, latest = str(request.args.get("oldest") or "0"), str(request.args.get("latest") or "9" * 10)
    if request.flag("inclusive"):
        return float(oldest) <= float(message.ts) <= float(latest)
    return float(oldest) < float(message.ts) < float(latest)


def replies(request: Request) -> JSON:
    channel = request.world.find_channel(request.need("channel", "channel_not_found"), request.team)
    root = request.world.messages.get((channel.id, request.need("ts", "thread_not_found")))
    if root is None:
        raise Refused("thread_not_found")
    all_replies = request.world.replies_to(channel.id, root.ts)
    if root.deleted and not all_replies:
        raise Refused("thread_not_found")
    # the root is always told, whatever the time asked for
    found = [root, *(reply for reply in all_replies if _within(request, reply))]
    metadata = request.flag("include_all_metadata")
    told = [one.as_json(metadata, all_replies if one is root else None) for one in found]
    return _page(request, found, told)


def history(request: Request) -> JSON:
    world = request.world
    channel = world.find_channel(request.need("channel", "channel_not_found"), request.team)
    here = [m for m in world.messages.values() if m.channel == channel.id and m.thread is None and _within(request, m)]
    found = sorted((m for m in here if not m.deleted), key=lambda message: message.ts, reverse=True)
    metadata = request.flag("include_all_metadata")
    return _page(request, found, [one.as_json(metadata, world.replies_to(channel.id, one.ts)) for one in found])


def _told(channel: Channel, bot: str) -> JSON:
    if channel.im:
        return {"id": channel.id, "created": 1700000000, "is_im": True, "user": channel.im, "is_org_shared": False}
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.private,
        "is_archived": channel.archived,
        "is_shared": channel.external,
        "is_ext_shared": channel.external,
        "is_pending_ext_shared": False,
        "is_org_shared": False,
        "is_member": bot in channel.members,
        "context_team_id": channel.team,
    }


def info(request: Request) -> JSON:
    channel = request.world.find_channel(request.need("channel", "channel_not_found"), request.team, joined=False)
    bot = request.workspace.bot_user
    if channel.private and bot not in channel.members:
        raise Refused("channel_not_found")
    return {"channel": _told(channel, bot)}


def open_direct(request: Request) -> JSON:
    user = request.need("users", "users_list_not_supplied").split(",")[0]
    if request.world.user_teams.get(user) != request.team:
        raise Refused("user_not_found")
    channel = request.world.direct_of(user)
    return {"channel": _told(channel, request.workspace.bot_user) if request.flag("return_im") else {"id": channel.id}}


def user_info(request: Request) -> JSON:
    world, user = request.world, request.need("user", "user_not_found")
    if user not in world.user_teams:
        raise Refused("user_not_found")
    name, team = world.names.get(user, user.lower()), world.user_teams[user]
    bot = user in {workspace.bot_user for workspace in world.workspaces.values()}
    profile = {"real_name": name, "display_name": name, "team": team}
    told = {"id": user, "team_id": team, "name": name, "real_name": name, "deleted": False, "profile": profile}
    return {"user": {**told, "is_bot": bot, "tz": "Europe/London", "tz_offset": 0}}


def usergroup_users(request: Request) -> JSON:
    group = request.need("usergroup", "no_such_subteam")
    if group not in request.workspace.usergroups:
        raise Refused("no_such_subteam")
    return {"users": sorted(request.workspace.usergroups[group])}


def add_reaction(request: Request) -> JSON:
    channel = request.world.find_channel(request.need("channel", "channel_not_found"), request.team)
    said = request.world.find_message(channel.id, request.need("timestamp", "message_not_found"))
    users = said.reactions.setdefault(request.need("name", "invalid_name").strip(":"), set())
    if request.workspace.bot_user in users:
        raise Refused("already_reacted")
    users.add(request.workspace.bot_user)
    request.world.change()
    return {}
