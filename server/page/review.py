"""The page on which a person reviews a draft: a server of its own on loopback.

Its address has a token, and it answers no other host and no form of another origin: a page of the
web that guesses the port, or lets its own name mean this host, learns and changes nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from flask import Flask, Response, abort, redirect, render_template, request, send_from_directory
from werkzeug.wrappers import Response as Reply

from graph.curating.anchor import AnchorError
from graph.curating.check import measure_coverage
from graph.curating.evidence import Sentence
from graph.drafting.draft_file import DraftFile
from graph.errors import DataError, StaleError
from graph.review import Card, FieldError, Review
from graph.written_value import read_count
from ontology.terms import CPEC
from server.app import FOLDER
from server.page.language import NAMES, add_translations, first_language
from server.page.review_form import ABOUT, MOODS, FormRow, ReviewForm, is_tie, list_new

FILES: Final = ("site.css", "review.css", "review.js", "icon.svg")
MOST_FORM: Final = 200_000
"""The bytes of a form at most."""

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Piece(NamedTuple):
    """A piece of a sentence: whether the claim at hand, another, or an anchor has it."""

    text: str
    is_own: bool
    is_other: bool
    is_anchor: bool


def create_review(review: Review, token: str) -> Flask:
    """Return the application that reviews a draft at `/TOKEN/`."""
    app = Flask("server.app", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_FORM
    add_translations(app)
    pages = ReviewPages(review)

    app.before_request(lambda: require_own(token))

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    @app.get("/<token>/")
    def show(token: str) -> str:  # noqa: ARG001 - checked above
        return pages.show()

    @app.post("/<token>/")
    def decide(token: str) -> Reply | tuple[str, int]:  # noqa: ARG001
        return pages.decide()

    @app.get("/<token>/<name>")
    def send(token: str, name: str) -> Response:  # noqa: ARG001
        if name not in FILES:
            abort(404)
        return send_from_directory(FOLDER, name)

    @app.errorhandler(DataError)
    @app.errorhandler(StaleError)
    @app.errorhandler(OSError)
    def explain(error: Exception) -> tuple[str, int]:
        faults = getattr(error, "findings", [error])
        return render_template("review_fault.html", faults=faults, **frame()), 409

    return app


def require_own(token: str) -> None:
    """Refuse a request for another host, without the token, or of the form of another page."""
    if request.host.partition(":")[0] not in {"127.0.0.1", "localhost"}:
        abort(421, "this server has the names 127.0.0.1 and localhost alone")
    given = request.path.split("/")[1]
    if not secrets.compare_digest(given.encode(), token.encode()):
        abort(403, "the address has no token, or another one: take it from the command")
    origin = request.headers.get("Origin", f"http://{request.host}")
    if request.method == "POST" and origin != f"http://{request.host}":
        abort(403, "the form is of another page")


def frame() -> dict[str, Any]:
    """Return the values of every page of the review."""
    language = first_language()
    return {
        "names": language,
        "direction": "rtl" if language == "ur" else "ltr",
        "moods": MOODS,
    }


class ReviewPages:
    """The pages of a review, and what their forms decide."""

    def __init__(self, review: Review) -> None:
        self.review = review

    def show(self, fault: FieldError | None = None, notice: str = "") -> str:
        """Return the page of a card: the one that is asked for, or the first open one."""
        draft = self.review.read()
        cards = self.review.list_cards(draft)
        asked = request.values.get("at", "")
        card = next((own for own in cards if own.key == asked), None)
        card = card or next((own for own in cards if own.is_open), None)
        if card is None:
            card = cards[-1] if request.values.get("add") else None
        if card is None:
            defects = sorted(self.review.find_defects(draft.file))
            return self.render(draft, cards, None, defects=defects, notice=notice)
        self.review.show(card.key)
        form = request.form.get("action", "") if fault else request.values.get("edit", "")
        if form in ABOUT:
            pass
        elif fault or form or request.values.get("add"):
            form = "add" if request.values.get("add") or not card.claims else "edit"
        rows: dict[str, list[FormRow]] = {}
        own = ReviewForm(self.review, request.form, request.args)
        for row in own.list_rows(draft, card, form, fault) if form else ():
            key = "" if form == "add" else row.values.get("subject", "")
            rows.setdefault(key, []).append(row)
        return self.render(draft, cards, card, form=form, rows=rows, fault=fault, notice=notice)

    def render(self, draft: DraftFile, cards: list[Card], card: Card | None, **values: Any) -> str:
        """Return the page of a card, or that of a draft without open cards."""
        review, language = self.review, first_language()
        asked = ReviewForm(review, request.form, request.args)
        shown = {own.name: own for own in draft.article.sentences}
        lengths = sum(own.length for own in shown.values())
        place = cards.index(card) if card else -1
        near = [own.name for own in draft.article.sentences]
        at = near.index(card.sentence) if card else 0
        return render_template(
            "review.html",
            draft=draft,
            card=card,
            cards=[(own, self.name_card(own)) for own in cards],
            before=cards[place - 1].key if place > 0 else "",
            after=cards[place + 1].key if 0 <= place < len(cards) - 1 else "",
            language=draft.read_language(),
            pieces=list(split_pieces(draft, card)) if card else [],
            context=[
                draft.read_sentence(name).sentence if name else ""
                for name in (
                    near[at - 1] if at else "",
                    near[at + 1] if at + 1 < len(near) else "",
                )
            ],
            words=[
                (own, review.write_claim(own, language))
                for own in (card.claims if card else ())
                if card and not is_tie(draft, own, card)
            ],
            effects=list(review.find_effect(draft, card))
            if card and not values.get("form")
            else [],
            decided=sum(own.state != "Unreviewed" for own in draft.claims.values()),
            total=len(draft.claims),
            share=(sum(share_of(own)[0] for own in shown.values()), lengths),
            own_share=share_of(shown[card.sentence]) if card else None,
            unsaid=asked.suggest_unsaid(card),
            keys=read_keys() if values.get("fault") else 0,
            about=asked.read_about(draft, card.sentence) if card else {},
            has_new=bool(card and list_new(draft, card)),
            classes=sorted(
                own.removeprefix(CPEC) for own in review.vocabulary.classes if own.startswith(CPEC)
            ),
            properties=review.list_properties() if values.get("form") else [],
            said=request.args.get("said", ""),
            **frame(),
            **values,
        )

    def name_card(self, card: Card) -> str:
        """Return a short name of a card in the list of all."""
        if not card.claims:
            return card.sentence
        return f"{card.key}: {self.review.write_claim(card.claims[0], first_language())}"

    def decide(self) -> Reply | tuple[str, int]:
        """Carry out the decision of a form, and lead to the next card; or show what is wrong."""
        form = ReviewForm(self.review, request.form, request.args)
        action, key = request.form.get("action", ""), request.form.get("at", "")
        keys = read_keys() or 1
        try:
            if action == "undo":
                records = self.review.undo(keys).records
                return self.lead(records[0] if records else "", action)
            card = self.find_card(key)
            plan = {
                "accept": form.plan_accept,
                "reject": form.plan_reject,
                "mood": form.plan_mood,
                "edit": form.plan_edit,
                "add": form.plan_add,
                "unsaid": form.plan_unsaid,
                "sentence": form.plan_sentence,
                "names": form.plan_names,
            }.get(action)
            if plan is None:
                abort(400, "the form has no action that is known")
            given = request.form.get("seal", "")
            records = tuple(claim.record for claim in card.claims)
            self.review.decide(action, records, given, keys, lambda draft: plan(draft, card))
        except FieldError as error:
            return self.show(error), 422
        except AnchorError as error:
            return self.show(FieldError("claim", str(error))), 422
        except StaleError as error:
            return self.show(notice=str(error)), 409
        stays = action in {"add", *ABOUT}
        return self.lead(key if stays else self.find_next(key), action)

    def lead(self, key: str, said: str) -> Reply:
        """Return the answer that leads to a card, or to the first open one."""
        pairs = {"at": key, "said": said, NAMES: first_language()}
        return redirect(f"./?{urlencode({name: own for name, own in pairs.items() if own})}", 303)

    def find_card(self, key: str) -> Card:
        """Return a card by its key; raises StaleError."""
        for card in self.review.list_cards(self.review.read()):
            if card.key == key:
                return card
        raise StaleError(f"the draft has no claim {key[:40]} any more")

    def find_next(self, key: str) -> str:
        """Return the key of the first open card behind one, or before it, "" if none is open."""
        cards = self.review.list_cards(self.review.read())
        at = next((n for n, own in enumerate(cards) if own.key == key), 0)
        return next((own.key for own in [*cards[at + 1 :], *cards[:at]] if own.is_open), "")


def read_keys() -> int:
    """Return the keystrokes that a form counts: those of its refused sendings among them."""
    return min(read_count(request.form.get("keys", "")) or 0, 10_000)


def share_of(sentence: Sentence) -> tuple[int, int]:
    """Return the characters of a sentence that its anchors show, and all."""
    return min(sentence.length, measure_coverage(sentence)), sentence.length


def split_pieces(draft: DraftFile, card: Card) -> Iterator[Piece]:
    """Yield the pieces of the sentence of a card, in order."""
    text = draft.read_sentence(card.sentence).sentence
    others = [
        own
        for own in draft.claims.values()
        if own.sentence == card.sentence and own.state != "Rejected" and own not in card.claims
    ]
    spans = [
        [own.passage for own in card.claims],
        [own.passage for own in others],
        [(own.run.start, own.run.end) for own in (*card.claims, *others)],
    ]
    cuts = {0, len(text)}.union(*(span for group in spans for span in group))
    bounds = sorted(cut for cut in cuts if 0 <= cut <= len(text))
    for start, end in pairwise(bounds):
        marks = [any(a <= start and end <= b for a, b in group) for group in spans]
        yield Piece(text[start:end], *marks)
