"""How the house is told to send letters."""

import pytest

from homespun.config.mail import Mail, read


@pytest.mark.parametrize(
    ("url", "mail"),
    [
        ("", Mail()),
        ("smtp://mail.example.org", Mail("mail.example.org", 25)),
        ("smtp://vita:p%40ss@mail.example.org:587/?tls=1", Mail("mail.example.org", 587, "vita", "p@ss", starttls=True)),
        ("smtp://vita:pass@mail.example.org:587", Mail("mail.example.org", 587, "vita", "pass", starttls=True)),
        ("smtp://localhost:587?tls=0", Mail("localhost", 587)),
        ("smtps://vita%40example.org:pass@mail.example.org", Mail("mail.example.org", 465, "vita@example.org", "pass", tls=True)),
    ],
)
def test_address_of_the_mail_server_is_read(url: str, mail: Mail) -> None:
    assert read(url) == mail


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mail.example.org:587", 'it begins with "mail.example.org:" and not with "smtp:" or "smtps:"'),
        ("https://mail.example.org", 'it begins with "https:" and not with "smtp:" or "smtps:"'),
        ("smtp://", "it names no mail server"),
        ("smtp://mail.example.org/?tls=perhaps", 'tls is "perhaps" and should be 1 or 0'),
        ("smtp://mail.example.org:99999", "Port out of range 0-65535"),
    ],
)
def test_mistake_in_it_is_said_in_words_and_keeps_the_house_open(url: str, why: str) -> None:
    sentence = f"HOMESPUN_EMAIL_URL cannot be read: {why}. It should look like smtp://user:password@mail.example.org:587/?tls=1"
    assert read(url) == Mail(trouble=sentence)
