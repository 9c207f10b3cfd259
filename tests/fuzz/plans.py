"""Plans of drawn fleets against enumeration: ``python -m tests.fuzz.plans --seeds 0 500``.

Every fleet is solved by the planner and by the exhaustive reference. Told is every one of which
they think differently, and which took longest; exit code 1 if there is any. With ``--twins`` the
planner sees the fleet with its rows in another order, under other names, and with another seed.
With ``--no-lists`` no campaign is priced from a list of its splits: bounds may be far, but must
hold.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import nullcontext

from planner.optimize.search import compile_search
from tests.support.comparison import (
    SECONDS,
    disagreements,
    no_lists,
    options_of,
    reference,
    relabelled,
)
from tests.support.draw import KINDS, draw

#: How many of the slowest are told; seconds for a plan whose bound need not be closed.
_SLOWEST, _SECONDS_UNLISTED = 5, 2.0
#: Fleets after which it is told how far it is.
_TOLD_EVERY = 100


def _told(kind: str, seed: int, twins: bool, listed: bool) -> list[str]:
    drawn = draw(kind, seed)
    right = reference(drawn)
    shown = relabelled(drawn, seed) if twins else drawn
    seconds = SECONDS if listed else _SECONDS_UNLISTED
    options = options_of(shown, seed if twins else 0, seconds)
    try:
        with nullcontext() if listed else no_lists():
            return disagreements(shown, right, options, nearest_too=True, closed=listed)
    except Exception as fault:  # whatever it is, it is told, and the next fleet goes on
        return [f"{type(fault).__name__}: {fault}"]


def main() -> int:
    """Compare the fleets asked for; 1 where any differs."""
    parser = argparse.ArgumentParser(description="Plans of drawn fleets against enumeration.")
    parser.add_argument("--kind", choices=[*KINDS, "all"], default="all")
    parser.add_argument("--seeds", nargs=2, type=int, default=(0, 200), metavar=("FROM", "TO"))
    parser.add_argument("--twins", action="store_true", help="other order, names and seed")
    parser.add_argument("--no-lists", action="store_true", help="bounds as of larger campaigns")
    given = parser.parse_args()
    compile_search()
    kinds = list(KINDS) if given.kind == "all" else [given.kind]
    wrong, times = 0, []
    for seed in range(*given.seeds):
        for kind in kinds:
            begun = time.monotonic()
            for what in _told(kind, seed, given.twins, not given.no_lists):
                wrong += 1
                print(json.dumps({"kind": kind, "seed": seed, "what": what}), flush=True)
            times.append((time.monotonic() - begun, kind, seed))
            if len(times) % _TOLD_EVERY == 0:
                print(f"{len(times)} fleets, {wrong} disagreements", file=sys.stderr, flush=True)
    slowest = ", ".join(
        f"{kind} {seed}: {took:.1f} s" for took, kind, seed in sorted(times)[-_SLOWEST:]
    )
    print(f"{len(times)} fleets, {wrong} disagreements; slowest {slowest}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
