"""Moods: how a clause means what its verb says, as done, going on, aimed at, denied, and so on.

A draft is never stronger than its sentence: what a cue outside the verb group may weaken is drafted
as weak as the cue says, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

REPORTED, ONGOING, AIM = "Reported", "Ongoing", "Aim"
DEEDS: Final = frozenset((REPORTED, ONGOING))
"""The moods of what is done or going on."""

UNASSERTED: Final = ("Denied", "Conditional", "Requested", "Proposed")
"""The moods that no statement is asserted in."""

BE: Final = frozenset(["is", "are", "was", "were", "be", "been", "being"])
NEGATIVE: Final = re.compile(r"\b(?:not|never|refused|failed|no longer|yet)\b|n['’]t\b")
WEAK: Final = re.compile(
    r"\b(?:may|might|can|could|should|must|need|needs|likely|ready|keen|reportedly|allegedly"
    r"|supposedly|possibly|probably|presumably|hardly|barely|nearly|almost|rarely|falsely|wrongly"
    r"|once|formerly|partly|partially|largely|mostly|virtually|practically|tentatively"
    r"|conditionally|provisionally|nominally|theoretically|unsuccessfully)\b"
)
"""What may, should or almost does hold, holds in part, or held once: nothing is drafted of it."""

PAST: Final = frozenset(("was", "were", "had", "did"))

AIMING: Final = re.compile(
    r"\b(?:will|would|shall|to|planned|plans?|aims?|aimed|intend(?:s|ed)|hopes?|due|set|going)\b"
)
BEGUN: Final = re.compile(r"\b(?:continue[sd]?|began|started)\s+to\b")


def read_group(match: re.Match[str], *, is_headline: bool) -> str | None:
    """Return the mood of a match by its verb group; None if it is no reading of the group.

    It is none either if the group says what may or should be.
    """
    groups = match.groupdict()
    if "aux" not in groups:
        return REPORTED
    written = " ".join((groups["aux"] or "").casefold().split())
    aux = BEGUN.sub("", written)
    words = {*aux.split()}
    if not fits_voice(groups, words, is_headline=is_headline) or WEAK.search(aux):
        return None
    cues = (
        ("Denied", NEGATIVE.search(aux) or groups.get("post")),
        ("Requested", words & {"asked", "requested"}),
        ("Proposed", words & {"proposed", "offered"}),
        (AIM, AIMING.search(aux)),
        (ONGOING, groups.get("ing") or "being" in words),
    )
    return next((mood for mood, cue in cues if cue), REPORTED)


def fits_voice(groups: Mapping[str, str | None], words: set[str], *, is_headline: bool) -> bool:
    """Return whether the auxiliaries of a verb group are those of its voice and form.

    An active match of a participle behind a form of "be" is a passive, and the reverse; in a
    headline the form of "be" may be left out.
    """
    has_be = bool(words & BE)
    if "passive" in groups:
        return has_be or is_headline
    return has_be if groups.get("ing") else not (groups.get("part") and has_be)


def is_past(match: re.Match[str], verbs: Mapping[str, list[str]]) -> bool:
    """Return whether the verb of a match tells what was; `verbs` has the irregular ones."""
    groups = match.groupdict()
    words = {*(groups.get("aux") or "").casefold().split()}
    verb = (groups.get("fin") or "").casefold()
    if groups.get("part"):
        return not words & {"is", "are", "will", "be", "being"} or bool(words & PAST)
    irregular = {own for pair in verbs.values() for own in pair}
    return bool(words & PAST) or verb in PAST or verb.endswith("ed") or verb in irregular


def weaken(mood: str, outside: str, before: str, cues: Mapping[str, re.Pattern[str]]) -> str | None:
    """Return a mood under the cues of the rest of the clause; None if their scope is not certain.

    `outside` is the clause without the match, `before` its part before the match.
    """
    if cues["Doubt"].search(outside):
        return None
    for stronger in UNASSERTED:
        pattern = cues.get(stronger)
        if pattern and pattern.search(outside):
            governs = cues.get(f"{stronger}Before")
            if mood in DEEDS | {AIM, stronger} and governs and governs.search(before):
                return stronger
            return None
    if mood in DEEDS and cues["Aim"].search(before):
        return None
    return mood


PARTICLES: Final = {
    "ur": (re.compile("نہیں"), re.compile(r"(?:گا|گے|گی)(?!\w)")),
    "zh": (re.compile("未|没有|不"), re.compile("将|拟|计划|同意|决定")),
}
"""The words of Urdu and Chinese that deny, and those that tell what is to be."""


def read_particles(words: str, language: str, mood: str) -> str:
    """Return the mood that the words of a clause in Urdu or Chinese give."""
    negative, future = PARTICLES[language]
    if negative.search(words):
        return "Denied"
    return AIM if future.search(words) else mood
