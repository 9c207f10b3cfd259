"""Pages that are drawn at once."""

from __future__ import annotations

import threading

from planner.app.throttle import drawing

SOON = 10.0  # seconds; far more than a thread needs, so that a failure does not hang


def test_three_pages_are_drawn_at_once_and_a_fourth_waits_for_one_of_them() -> None:
    begun, may_end = threading.Semaphore(0), threading.Semaphore(0)

    def draw() -> None:
        with drawing():
            begun.release()
            assert may_end.acquire(timeout=SOON)

    pages = [threading.Thread(target=draw) for _ in range(4)]
    for page in pages:
        page.start()
    assert all(begun.acquire(timeout=SOON) for _ in range(3))
    assert not begun.acquire(timeout=0.1), "a fourth was begun"
    may_end.release()
    assert begun.acquire(timeout=SOON)
    may_end.release(3)
    for page in pages:
        page.join(SOON)


def test_a_page_that_fails_leaves_its_place() -> None:
    for _ in range(5):
        try:
            with drawing():
                raise LookupError
        except LookupError:
            pass
    with drawing():
        pass


def test_a_part_of_a_page_needs_no_place_beside_that_of_its_page() -> None:
    done = threading.Event()

    def draw() -> None:
        with drawing(), drawing(), drawing(), drawing():
            pass
        # What the part gave back was not the place of the page.
        places = [threading.Thread(target=hold) for _ in range(3)]
        for place in places:
            place.start()
        assert all(held.acquire(timeout=SOON) for _ in range(3))
        may_end.release(3)
        done.set()

    def hold() -> None:
        with drawing():
            held.release()
            assert may_end.acquire(timeout=SOON)

    held, may_end = threading.Semaphore(0), threading.Semaphore(0)
    threading.Thread(target=draw, daemon=True).start()
    assert done.wait(SOON), "it waits for itself"
