"""Bundles of stylesheets: what is linked, and that what visitors get stays small."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from homespun.core import stylesheets

PUBLIC_LIMIT = 14_000  # bytes, gzipped; a story page with all of it must stay under 60 kB


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    sources, bundles = tmp_path / "css", tmp_path / "parts"
    sources.mkdir()
    (sources / "homespun.css").write_text('@layer base, pages;\n@import url("tokens.css");\n@import url("a/page.css") layer(pages);\n')
    (sources / "tokens.css").write_text(":root { --ink: black; }\n")
    (sources / "a").mkdir()
    (sources / "a/page.css").write_text("/* why */\n.page {\n  color: var(--ink);\n}\n")
    monkeypatch.setattr(stylesheets, "SOURCES", sources)
    monkeypatch.setattr(stylesheets, "BUNDLES", bundles)
    stylesheets.is_fresh.cache_clear()
    yield sources
    stylesheets.is_fresh.cache_clear()


def test_a_bundle_holds_what_its_list_imports_each_in_its_layer(folders: Path) -> None:
    bundle = stylesheets.build("homespun").read_text()
    assert bundle.splitlines()[1] == "@layer base,pages;:root{--ink: black}@layer pages{.page{color: var(--ink)}}"


def test_a_fresh_bundle_is_linked(folders: Path) -> None:
    stylesheets.build("homespun")
    assert stylesheets.link("homespun", debug=False) == "parts/homespun.css"


def test_the_sources_are_linked_where_no_bundle_lies(folders: Path) -> None:
    assert stylesheets.link("homespun", debug=False) == "css/homespun.css"


def test_the_sources_are_linked_where_the_bundle_is_older(folders: Path) -> None:
    stylesheets.build("homespun")
    (folders / "tokens.css").write_text(":root { --ink: navy; }\n")
    assert stylesheets.link("homespun", debug=False) == "css/homespun.css"


def test_the_sources_are_linked_while_one_works_on_them(folders: Path) -> None:
    stylesheets.build("homespun")
    assert stylesheets.link("homespun", debug=True) == "css/homespun.css"


@pytest.mark.parametrize("name", stylesheets.NAMES)
def test_every_file_that_a_list_imports_exists(name: str) -> None:
    assert "@import" not in stylesheets.inlined(stylesheets.SOURCES / f"{name}.css")


def test_every_component_is_imported_by_the_desk() -> None:
    imported = set(re.findall(r'url\("([^"]+)"\)', (stylesheets.SOURCES / "homespun.css").read_text()))
    written = {str(path.relative_to(stylesheets.SOURCES)) for path in stylesheets.SOURCES.glob("*/*.css")}
    assert written - imported == set()


def test_what_visitors_get_stays_small() -> None:
    text = stylesheets.compact(stylesheets.inlined(stylesheets.SOURCES / "public.css"))
    assert len(gzip.compress(text.encode())) < PUBLIC_LIMIT


def test_colours_stand_in_the_tokens_alone() -> None:
    """A colour of its own in a component would not follow the theme."""
    found = {
        str(path.relative_to(stylesheets.SOURCES)): colours
        for path in stylesheets.SOURCES.glob("*/*.css")
        if (colours := re.findall(r"#[0-9a-f]{3,8}\b(?=[;\s])|\b(?:rgb|hsl)a?\([^)]*\)", path.read_text()))
    }
    marks_on_a_picture = {"pages/studio-parts.css"}
    assert set(found) - marks_on_a_picture == set()
