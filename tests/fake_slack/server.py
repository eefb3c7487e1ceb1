"""The fake Slack alone: ``python -m tests.fake_slack.server --port 9000`` prints what a bot needs to talk to it."""

from __future__ import annotations

import argparse
import contextlib
import threading

from .fake import FakeSlack


def main() -> None:
    """Run until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    with FakeSlack(parser.parse_args().port) as slack:
        for name, value in slack.environment().items():
            print(f"export {name}={value}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
