"""Weights that were fitted on development sets, applied without the library that fitted them.

``python -m evals.calibrate`` writes ``fitted.json``; docs/retrieval.md tells on what and how well.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("fitted.json")


@lru_cache(maxsize=1)
def _everything() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return found


def fitted(name: str) -> dict[str, float]:
    """Return the weights of one logistic function, by feature; "bias" is the constant."""
    weights: dict[str, float] = _everything()["weights"][name]
    return weights


def threshold(name: str) -> float:
    """Return a probability above which something is done."""
    return float(_everything()["thresholds"][name])


def probability(features: Any, weights: dict[str, float]) -> float:
    """Return the logistic function of the features (a dataclass of floats), in 0..1."""
    z = weights["bias"]
    for name, weight in weights.items():
        if name != "bias":
            z += weight * getattr(features, name)
    return 1.0 / (1.0 + math.exp(-z))
