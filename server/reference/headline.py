"""Headlines as a guide prints them: in title case, with typographic marks, at a full stop."""

from __future__ import annotations

import re
from typing import Final

from graph.wording.text import END

LOWER: Final = frozenset(
    {
        *("a", "an", "the", "and", "but", "for", "nor", "or", "as", "to", "about", "above"),
        *("across", "after", "against", "along", "amid", "among", "around", "at", "before"),
        *("behind", "below", "beneath", "beside", "between", "beyond", "by", "despite", "during"),
        *("from", "in", "into", "near", "of", "on", "onto", "over", "per", "since", "through"),
        *("throughout", "till", "toward", "towards", "under", "until", "upon", "via", "with"),
        *("within", "without"),
    }
)
"""The words that title case leaves: articles, conjunctions, prepositions of any length.

"Off", "out", "up" and "down", which end a verb more often, have capitals.
"""

DESCRIBED: Final = re.compile(r"\[[^][]+\]")
WORD: Final = re.compile(r"(?<![\w’])[^\W\d_][\w’]*")
START: Final = re.compile(r"[:?!][’”)]* +[‘“(]*$")
"""The end of a question or a colon before a word; a full stop may be that of "U.S."."""

OPENING: Final = re.compile(r"(?<![^\s(\[—–“‘])(['\"])(?=\S)")
STRAIGHT: Final = str.maketrans("'\"", "’”")
INNER: Final = str.maketrans("“”", "‘’")
FINAL: Final = tuple(".?!。？！؟۔…")


def is_described(title: str) -> bool:
    """Return whether a title is a description in square brackets, which is no quotation."""
    return DESCRIBED.fullmatch(title) is not None


def write_marks(text: str) -> str:
    """Return a text with typographic quotation marks and apostrophes.

    >>> write_marks("the minister's 'iron' ties")
    'the minister’s ‘iron’ ties'
    """
    opened = OPENING.sub(lambda mark: "“" if mark[1] == '"' else "‘", text)
    return opened.translate(STRAIGHT)


def write_title_case(text: str) -> str:
    """Return a text in English in title case (Chicago 8.159); a word with capitals keeps them.

    >>> write_title_case("U.S. and China end 10th round: a deal under iPhone-led plan")
    'U.S. and China End 10th Round: A Deal under iPhone-Led Plan'
    """
    words = list(WORD.finditer(text))

    def capitalize(word: re.Match[str]) -> str:
        is_edge = word.span() in (words[0].span(), words[-1].span())
        if word[0] in LOWER and not is_edge and not START.search(text[: word.start()]):
            return word[0]
        return word[0][0].upper() + word[0][1:] if word[0].islower() else word[0]

    return WORD.sub(capitalize, text)


def close_title(title: str, stop: str, *, is_quoted: bool) -> str:
    """Return a title with a full stop, a comma or "" behind it, in quotation marks if `is_quoted`.

    The sign stands within quotation marks, and no full stop behind the end of a sentence.

    >>> close_title("Who signs?", ".", is_quoted=True)
    '“Who signs?”'
    >>> close_title("It is “done”", ",", is_quoted=True)
    '“It is ‘done,’”'
    """
    text = title.translate(INNER) if is_quoted else title
    ends_quoted = text[-1:] in {"’", "”"} and ("‘" in text or "“" in text)
    body, mark = (text[:-1], text[-1]) if ends_quoted else (text, "")
    ends = stop == "." and body.rstrip(END).endswith(FINAL)
    text = f"{body}{'' if ends else stop}{mark}"
    return f"“{text}”" if is_quoted else text
