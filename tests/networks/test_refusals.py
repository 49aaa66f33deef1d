"""Files that nothing can be imported from: each says what it is, and what to do instead."""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from homespun.networks import NetworkError, known

MESSAGES = "window.YTD.direct_messages.part0 = " + json.dumps([{"dmConversation": {"conversationId": "1-2"}}])
LIKES = "window.YTD.like.part0 = " + json.dumps([{"like": {"tweetId": "5", "fullText": "Liked"}}])
STORIFY_PAGE = "<!DOCTYPE html><!-- saved from url=(0040)https://storify.com/stilewise/the-stile --><title>The stile</title>"
STORIFY_JSON = json.dumps({"content": {"permalink": "http://storify.com/stilewise/the-stile", "elements": []}})
WORDPRESS = (
    '<?xml version="1.0"?><rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Stiles</title>'
    '<item><content:encoded><![CDATA[<blockquote class="twitter-tweet"><p>The ladder.</p>'
    '<a href="https://twitter.com/stilewise/status/7500000001">9 May</a></blockquote>]]></content:encoded></item></channel></rss>'
)
TWEETS_CSV = '"tweet_id","in_reply_to_status_id","in_reply_to_user_id","timestamp","source","text"\n"1","","","","","Stile"\n'
WHAT_TO_UPLOAD = "Upload the .zip you downloaded from X, Mastodon or Bluesky."


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def tarred(name: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as made:
        made.addfile(tarfile.TarInfo(name))
    return out.getvalue()


def locked() -> bytes:
    content = bytearray(zipped({"data/tweets.js": "window.YTD.tweets.part0 = []"}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("invoice.pdf", b"%PDF-1.7\n1 0 obj", f"“invoice.pdf” isn’t an archive. {WHAT_TO_UPLOAD}"),
        ("letter.docx", zipped({"word/document.xml": "<w/>"}), f"“letter.docx” isn’t an archive. {WHAT_TO_UPLOAD}"),
        ("notes.txt", b"Remember the paint.", f"“notes.txt” isn’t an archive. {WHAT_TO_UPLOAD}"),
        (
            "both.zip",
            zipped({"x/twitter-2024.zip": zipped({"data/tweets.js": ""})}),
            "“both.zip” has another zip in it. Unpack it, then upload “twitter-2024.zip”.",
        ),
        ("none.zip", zipped({}), "“none.zip” is an empty zip. Download it again from X, Mastodon or Bluesky."),
        ("none.js", b"", "“none.js” is empty. Download it again."),
        ("locked.zip", locked(), "“locked.zip” is protected with a password. Unpack it, then upload the folder."),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\4", "“a.7z” is a 7z file, which Homespun can’t open. Unpack it, then upload the folder."),
        ("a.rar", b"Rar!\x1a\x07\1\0", "“a.rar” is a RAR file, which Homespun can’t open. Unpack it, then upload the folder."),
        (
            "a.tar.gz",
            tarred("data/tweets.js"),
            "“a.tar.gz” isn’t a Mastodon export: it has no outbox.json. If it holds another archive, unpack it, then upload the folder.",
        ),
        (
            "a.js.gz",
            gzip.compress(b"window.YTD"),
            "“a.js.gz” isn’t a Mastodon export: it has no outbox.json. If it holds another archive, unpack it, then upload the folder.",
        ),
        (
            "tweets.csv",
            TWEETS_CSV.encode(),
            "“tweets.csv” is only the list from an old X archive. Upload the whole .zip, or the folder that “tweets.csv” is in.",
        ),
        (
            "csv.zip",
            zipped({"tweets.csv": TWEETS_CSV}),
            "“csv.zip” has tweets.csv, but not the posts in data/js/tweets. Upload the whole .zip that you downloaded from X.",
        ),
        (
            "stile.html",
            STORIFY_PAGE.encode(),
            "“stile.html” is a Storify story, which Homespun can’t import yet. Import the archives of the people quoted in it instead.",
        ),
        (
            "stile.json",
            STORIFY_JSON.encode(),
            "“stile.json” is a Storify story, which Homespun can’t import yet. Import the archives of the people quoted in it instead.",
        ),
        (
            "blog.xml",
            WORDPRESS.encode(),
            "“blog.xml” is a WordPress export, which Homespun can’t import yet. Add the blog’s address in Settings > Listening instead.",
        ),
        (
            "dm.zip",
            zipped({"data/direct-messages.js": MESSAGES, "data/account.js": "window.YTD.account.part0 = []"}),
            "“dm.zip” is from an X archive, but has no posts. Upload the whole .zip that you downloaded from X.",
        ),
        (
            "likes.zip",
            zipped({"data/like.js": LIKES}),
            "“likes.zip” is from an X archive, but has no posts. Upload the whole .zip that you downloaded from X.",
        ),
        (
            "like.js",
            LIKES.encode(),
            "“like.js” is from an X archive, but has no posts. Upload the whole .zip that you downloaded from X.",
        ),
    ],
)
def test_file_says_what_it_is_and_what_to_do(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert refusal(path) == said


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "The folder “mine” is empty. Choose the folder you unpacked the archive into."),
        ({"a/x.zip": "PK"}, "The folder “mine” has a zip in it. Upload “a/x.zip” instead."),
        (
            {"data/like.js": LIKES},
            "“mine” is from an X archive, but has no posts. Upload the whole .zip that you downloaded from X.",
        ),
        ({"a.txt": "Stile"}, "The folder “mine” has no archive in it. Choose the folder that holds “data”, or upload the .zip."),
    ],
)
def test_folder_says_what_it_is_and_what_to_do(tmp_path: Path, files: dict[str, str], said: str) -> None:
    path = tmp_path / "mine"
    path.mkdir()
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(content)
    assert refusal(path) == said


def refusal(path: Path) -> str:
    with pytest.raises(NetworkError) as refused:
        known.opened(path).close()
    return str(refused.value.said)
