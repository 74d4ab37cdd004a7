"""The short set of the Washington Group on functioning: six questions, and who is disabled by them.

https://www.washingtongroup-disability.com/question-sets/wg-short-set-on-functioning-wg-ss/
"""

from core.words import _

QUESTIONS = ("seeing", "hearing", "walking", "remembering", "self_care", "communicating")
ANSWERS = tuple(f"wg_{question}" for question in QUESTIONS)
REFUSED, NOT_KNOWN = 7, 9
LEVELS = (1, 2, 3, 4, REFUSED, NOT_KNOWN)

# Much difficulty with one of them is a disability; little or none with all six is none; where not
# all are answered, what was said otherwise holds.
_MUCH = " or ".join(f"{answer} in (3, 4)" for answer in ANSWERS)
_LITTLE = " and ".join(f"{answer} in (1, 2)" for answer in ANSWERS)
DISABLED = f"case when {_MUCH} then true when {_LITTLE} then false else has_disability end"


def questions() -> dict[str, str]:
    """What is asked, by the field that keeps the answer."""
    asked = (
        _("Difficulty seeing, even with glasses"),
        _("Difficulty hearing, even with a hearing aid"),
        _("Difficulty walking or climbing steps"),
        _("Difficulty remembering or concentrating"),
        _("Difficulty washing or dressing"),
        _("Difficulty understanding or being understood"),
    )
    return dict(zip(ANSWERS, asked, strict=True))


def levels() -> dict[int, str]:
    """What each answer means."""
    return {
        1: _("no difficulty"),
        2: _("some difficulty"),
        3: _("a lot of difficulty"),
        4: _("cannot do it at all"),
        REFUSED: _("does not want to answer"),
        NOT_KNOWN: _("not known"),
    }
