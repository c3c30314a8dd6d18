"""The contact that the operator sets: on pages, in security.txt, in DCAT, in the feed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from bench.client import Client
from server.command.bound import read_contact
from tests.server.conftest import CONTACT, Run

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


def test_the_contact_stands_wherever_one_looks_for_it(editor: Client) -> None:
    about = editor.get("/about", Accept=BROWSER).text
    assert re.search(f'<a href="mailto:{CONTACT}"[^>]*>{CONTACT}</a>', about)
    dcat = editor.get("/.well-known/void", Accept="application/n-triples").text
    assert f"<http://www.w3.org/2006/vcard/ns#hasEmail> <mailto:{CONTACT}> ." in dcat
    assert "<http://www.w3.org/ns/dcat#contactPoint>" in dcat
    assert f"<email>{CONTACT}</email>" in editor.get("/feed?format=atom").text


def test_security_txt_is_valid_for_less_than_a_year(editor: Client) -> None:
    reply = editor.get("/.well-known/security.txt")
    assert reply.type == "text/plain"
    fields = dict(line.split(": ", 1) for line in reply.text.splitlines())
    assert fields["Contact"] == f"mailto:{CONTACT}"
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert timedelta(days=90) < left < timedelta(days=365)


def test_without_a_contact_the_page_says_how_to_find_one(client: Client) -> None:
    assert "A whois query for the name of the host" in client.get("/about", Accept=BROWSER).text
    reply = client.get("/.well-known/security.txt")
    assert (reply.status, "--contact" in reply.text) == (404, True)
    assert "contactPoint" not in client.get("/.well-known/void").text
    assert "<email>" not in client.get("/feed?format=atom").text


@pytest.mark.parametrize("text", ["https://news.example/contact", "mailto:a@b.example"])
def test_an_address_of_mail_or_of_the_web_is_a_contact(text: str) -> None:
    assert read_contact(text) == text


@pytest.mark.parametrize("text", ["me", "javascript:alert(1)", "a@b\nX: y", '"><b>@c', "a@b c"])
def test_anything_else_is_refused(run: Run, text: str) -> None:
    done = run("serve", "--contact", text)
    assert done.returncode == 2
    assert "a contact is an address of mail" in done.stderr
