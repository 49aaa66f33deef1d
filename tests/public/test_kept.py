"""Rendered pages in memory: room for so many bytes, whoever puts and takes at once."""

from concurrent.futures import ThreadPoolExecutor

from homespun.public.kept import Page, Shelf


def page(size: int) -> Page:
    return Page(b"x" * size, b"", f'"{size}"', "text/html", ())


def test_pages_nobody_has_asked_for_longest_make_room() -> None:
    shelf = Shelf(room=100)
    for key in ("a", "b"):
        shelf.put(key, page(50))
    shelf.take("a")
    shelf.put("c", page(50))
    assert (sorted(map(str, shelf.pages)), shelf.taken) == (["a", "c"], 100)


def test_eight_threads_that_keep_pages_leave_the_right_size() -> None:
    shelf = Shelf(room=20_000)

    def work(thread: int) -> int:
        wrong = 0
        for number in range(2_000):
            size = 1 + (thread * 31 + number * 17) % 500
            shelf.put(size, page(size))
            found = shelf.take(1 + (thread + number) % 500)
            wrong += found is not None and found.size != 1 + (thread + number) % 500
        return wrong

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, range(8))) == [0] * 8
    assert shelf.taken == sum(each.size for each in shelf.pages.values()) <= 20_000
