"""Text on its way into the page: nothing in it is markup, script, or moves what stands around it."""

from __future__ import annotations

import html
import json
import math
from typing import Any

from bot.visible import clean

# What could end a script element or open a comment in it, and what ends a line of JavaScript though not of JSON.
_DANGEROUS = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def text(value: object) -> str:
    """Return `value` as HTML text or a quoted attribute that shows exactly its characters, invisible ones named."""
    return html.escape(clean(str(value)))


def embedded(value: Any) -> str:
    """Return `value` as JSON that may stand inside a script element.

    Raises:
        ValueError: a number in it is not finite, which JSON cannot say.
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(_DANGEROUS)


def number(value: float | None, unit: str = "") -> str:
    """Return a figure in words: three decimals where it has no unit, three digits and the unit where it has one."""
    if value is None or not math.isfinite(value):
        return "–"
    if not unit:
        return f"{value:.3f}".replace("-", "−")
    shown = f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{shown} {unit}".replace("-", "−")


def signed(value: float | None, unit: str = "") -> str:
    """Return a difference: as `number`, with its sign."""
    shown = number(value, unit)
    return f"+{shown}" if value is not None and math.isfinite(value) and value >= 0 else shown


def interval(low: float | None, high: float | None) -> str:
    """Return an interval as "0.361 to 0.463"; "no interval" where there is none."""
    if low is None or high is None:
        return "no interval"
    return f"{_bound(low)} to {_bound(high)}"


def _bound(value: float) -> str:
    shown = f"{value:.3f}" if abs(value) < 10 else f"{value:.0f}" if abs(value) >= 1000 else f"{value:.1f}"
    return shown.replace("-", "−")
