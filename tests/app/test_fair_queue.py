"""Turns: places are never overbooked, and nobody waits for one owner alone."""

from __future__ import annotations

import threading
import time

from planner.app.jobs.fair_queue import Turns

SOON = 10.0  # seconds; far more than a thread needs, so that a failure does not hang


class Asked:
    """Somebody who waits for a place."""

    def __init__(self, turns: Turns, owner: str) -> None:
        self.got: bool | None = None
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._ask, args=(turns, owner))
        known = len(turns._waiting)
        self.thread.start()
        deadline = time.monotonic() + SOON
        while self.got is None and len(turns._waiting) == known and time.monotonic() < deadline:
            time.sleep(0.001)

    def _ask(self, turns: Turns, owner: str) -> None:
        self.got = turns.take(owner, self.stop.is_set)

    def answer(self) -> bool | None:
        self.thread.join(SOON)
        return self.got

    @property
    def waits(self) -> bool:
        self.thread.join(0.02)
        return self.thread.is_alive()


def test_an_owner_with_many_runs_leaves_room_for_another() -> None:
    turns = Turns(2)
    assert Asked(turns, "ann").answer()
    more = [Asked(turns, "ann") for _ in range(3)]
    assert all(asked.waits for asked in more)
    assert Asked(turns, "bob").answer(), "one place is not Ann's"
    turns.give_back("ann")
    # One of Ann's others goes on; two still wait.
    deadline = time.monotonic() + SOON
    while sum(asked.thread.is_alive() for asked in more) > 2 and time.monotonic() < deadline:
        time.sleep(0.001)
    assert sum(asked.thread.is_alive() for asked in more) == 2
    for asked in more:
        asked.stop.set()
    assert sorted(bool(asked.answer()) for asked in more) == [False, False, True]


def test_whoever_had_a_turn_longest_ago_goes_first() -> None:
    turns = Turns(1)
    assert Asked(turns, "ann").answer()
    again = Asked(turns, "ann")  # asked first, but has just had a turn
    bob, eve = Asked(turns, "bob"), Asked(turns, "eve")
    assert turns.is_wanted()
    turns.give_back("ann")
    assert bob.answer()
    assert eve.waits
    turns.give_back("bob")
    assert eve.answer()
    assert again.waits
    turns.give_back("eve")
    assert again.answer()
    assert not turns.is_wanted()


def test_places_are_never_overbooked_and_each_owner_gets_as_many_turns() -> None:
    turns, most, running, order = Turns(2), [0], [0], []
    lock = threading.Lock()

    def work(owner: str) -> None:
        for _ in range(10):
            assert turns.take(owner, lambda: False)
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
                order.append(owner)
            time.sleep(0.001)
            with lock:
                running[0] -= 1
            turns.give_back(owner)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd" for _ in range(2)]
    for holder in ("x", "y"):
        assert turns.take(holder, lambda: False)
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + SOON
    while len(turns._waiting) < len(threads) and time.monotonic() < deadline:
        time.sleep(0.001)
    for holder in ("x", "y"):
        turns.give_back(holder)
    for thread in threads:
        thread.join(SOON)
    assert most[0] == 2
    assert len(order) == 80
    # All ask all the time, so after any number of turns nobody is far behind anybody.
    for end in range(8, 40):
        counts = [order[:end].count(name) for name in "abcd"]
        assert max(counts) - min(counts) <= 2
