"""The excluded sources and the language of names of a page, kept by each of its links and forms."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Final
from urllib.parse import parse_qsl, urlencode

from flask import current_app, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from server.exclusion import HONOURING, KEPT_LENGTH, list_exclusions
from server.page.language import first_language, translate
from server.parameters import add_parameters

LINK: Final = re.compile(r'(<a\b[^>]*?\shref=")([^"]*)("[^>]*>)(.*?)(?=</a>)', re.DOTALL)
FORM: Final = re.compile(r'(<form\b[^>]*?\saction=")([^"]*)("[^>]*>)(.*?)(?=</form>)', re.DOTALL)
HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')

UNSPOKEN: Final = re.compile(
    r"/(api/queries|feed/questions|data|static|store|query|id|\.well-known)\b|[^?]*\.\w+$"
)
"""The addresses that have no names in a language, or keep none."""

WHOLE_ALONE: Final = frozenset({"/graph/dataset", "/cite"})
"""The addresses that have all sources, as they are, of routes that honour an exclusion."""


def keep_strike(page: str, is_right: bool) -> str:
    """Return a page whose links and forms keep its exclusions, if they are right, and its language.

    Exclusions that are too long for each link are dropped. A link to a target that honours no
    exclusion is marked as one to the whole graph. A link that begins with `?` is one to the page
    itself, and has its parameters already.
    """
    exclusions, language = list_exclusions() if is_right else [], first_language()
    if len(urlencode(exclusions)) > KEPT_LENGTH:
        exclusions = []
    if not exclusions and language == "en":
        return page
    keeper = Keeper(exclusions, language)
    return Markup(FORM.sub(keeper.keep_form, LINK.sub(keeper.keep_link, page)))  # noqa: S704 - it was escaped


class Keeper:
    """Adds the parameters of a page to its links and forms."""

    # in the rendered page, since a link that one of the templates forgot would lead out of a strike

    def __init__(self, exclusions: list[tuple[str, str]], language: str) -> None:
        self.exclusions = exclusions
        self.language = language
        self.honoured: dict[str, bool] = {}

    def keep_link(self, match: re.Match[str]) -> str:
        """Return a link with the parameters that its target honours."""
        start, address, end, text = match.groups()
        path = find_own_path(unescape(address))
        if not path:
            return match[0]
        kept = add_missing(unescape(address), self.choose(path))
        is_whole = self.exclusions and not self.honours(path)
        words = escape(translate("whole graph"))
        remark = f' <span class="note unstruck">({words})</span>' if is_whole else ""
        return f"{start}{escape(kept)}{end}{text}{remark}"

    def keep_form(self, match: re.Match[str]) -> str:
        """Return a form with a hidden field for each parameter that it lacks."""
        start, address, end, content = match.groups()
        path = find_own_path(unescape(address))
        own = {tuple(map(unescape, pair)) for pair in HIDDEN.findall(content)}
        fields = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in (self.choose(f"{path}?") if path else [])
            if (name, value) not in own
        )
        return f"{start}{address}{end}{fields}{content}"

    def choose(self, path: str) -> list[tuple[str, str]]:
        """Return the parameters of the page that a path of this server honours."""
        pairs = self.exclusions if self.honours(path) else []
        is_spoken = self.language != "en" and not UNSPOKEN.match(path) and "format=" not in path
        return [*pairs, ("names", self.language)] if is_spoken else pairs

    def honours(self, path: str) -> bool:
        """Return whether a path of this server honours the exclusions.

        A named graph that is excluded has no page beside them.
        """
        if path not in self.honoured:
            graph = path.partition("?")[0]
            is_excluded = graph.startswith("/graph/") and any(
                value.endswith(graph) for _, value in self.exclusions
            )
            is_whole = path in WHOLE_ALONE or is_excluded
            self.honoured[path] = not is_whole and find_rule(path) in HONOURING
        return self.honoured[path]


def find_own_path(address: str) -> str:
    """Return the path and the query of an address of this server, "" for another one."""
    address, root = address.partition("#")[0], request.root_url
    path = "/" + address.removeprefix(root) if address.startswith(root) else address
    return path if path.startswith("/") and not path.startswith("//") else ""


def find_rule(path: str) -> str:
    """Return the route of a path, "" if it has none."""
    path = path.partition("?")[0]
    if path in HONOURING:
        return path
    try:
        rule, _ = current_app.url_map.bind("").match(path, "GET", return_rule=True)
    except (HTTPException, RequestRedirect):
        return ""
    return rule.rule


def add_missing(address: str, pairs: list[tuple[str, str]]) -> str:
    """Return an address with the parameters that it lacks; `names` is said once."""
    query = address.partition("#")[0].partition("?")[2]
    own = parse_qsl(query, keep_blank_values=True)
    spoken = {name for name, _ in own}
    missing = [p for p in pairs if p not in own and not (p[0] == "names" and "names" in spoken)]
    return add_parameters(address, missing)
