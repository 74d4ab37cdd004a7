"""The words and figures round the map of a situation map, as HTML."""

from collections.abc import Iterable

from markupsafe import Markup

from core.words import _, counted, figure_said, percent_said
from geo.reason_words import said_of_named
from registry.counting.answers import Answers, Apart, Figure
from registry.counting.people import together
from registry.documents.sheet import Sheet

MOST_ROWS = 9  # of the table, so that all of it stands on one sheet of paper

KINDS = {
    "in_": "s-in",
    "probable": "s-pr",
    "out": "s-out",
    "not_observed": "s-no",
    "unlocated": "s-un",
}
HEADER = Markup(
    '<header class="head"><div><p class="over">{over}</p><h1>{title}</h1><p>{subtitle}</p></div>'
    '<div class="ends"><b class="mark">{mark}{name}</b>{glide}</div></header>'
)
FIGURE = Markup(
    '<section class="figure"><p class="large"><b>{figure}</b> {what}</p><p>{people}</p></section>'
)
BAR = Markup('<div class="answers-bar" role="img" aria-label="{said}">{parts}</div>')
PART = Markup('<span class="{kind}" style="--n:{n}"></span>')
LIST = Markup('<div class="answers-list">{rows}</div>')
ANSWER = Markup(
    '<span class="sw {kind}"></span><span{first}>{word}</span>'
    '<span class="num{also}">{n}</span><span class="pct"><bdi>{share}</bdi></span>'
)
WHY = Markup('<small class="why">{words}</small>')
TABLE = Markup(
    '<table><caption>{caption}</caption><thead><tr><th scope="col">{area}</th>{heads}</tr></thead>'
    "<tbody>{rows}</tbody></table>"
)
HEAD = Markup(
    '<th scope="col" class="n"><span class="sw {kind}"></span><span class="word">{word}</span></th>'
)
ROW = Markup('<tr><th scope="row">{name}</th>{cells}</tr>')
NUMBER = Markup('<td class="n">{n}</td>')
FOOTER = Markup(
    '<footer><div class="sources"><h2>{sources}</h2>{said}</div>'
    "<div><h2>{words}</h2>{meanings}</div><div><h2>{check}</h2>{marks}</div></footer>"
)
MEANING = Markup("<p><b>{word}:</b> {meaning}</p>")
PARAGRAPH = Markup("<p>{words}</p>")


def header(sheet: Sheet, mark: Markup) -> Markup:
    """The head of the page; `mark` is the picture that stands for the platform."""
    glide = PARAGRAPH.format(words=_("GLIDE {number}", number=sheet.glide)) if sheet.glide else ""
    return HEADER.format(
        over=_("Situation map"),
        title=sheet.title,
        subtitle=sheet.subtitle,
        mark=mark,
        name=sheet.brand.name,
        glide=glide,
    )


def figures(sheet: Sheet) -> Markup:
    """How many, who they are, what is known of the others, and where."""
    return joined([_figure(sheet), _bar(sheet.answers), _list(sheet.answers), _table(sheet)])


def footer(sheet: Sheet) -> Markup:
    """Sources, meanings and what makes the page checkable."""
    return FOOTER.format(
        sources=_("Sources"),
        said=paragraphs(sheet.sources),
        words=_("What the words mean"),
        meanings=joined(MEANING.format(word=w, meaning=m) for w, m in sheet.meanings),
        check=_("To check it by"),
        marks=paragraphs([*sheet.marks, _("Drawn by Folium and Leaflet")]),
    )


def paragraphs(sentences: Iterable[str]) -> Markup:
    """Each sentence on a line of its own."""
    return joined(PARAGRAPH.format(words=words) for words in sentences)


def joined(parts: Iterable[Markup]) -> Markup:
    """Parts of a page, one after the other."""
    return Markup("").join(parts)


def _figure(sheet: Sheet) -> Markup:
    inside = sheet.answers.in_
    what = counted("household in {clause}", "households in {clause}", inside, clause=sheet.clause)
    said = figure_said(inside)
    if sheet.rounded and inside:
        said = _("about {n}", n=said)
    return FIGURE.format(figure=said, what=what, people=_people(sheet))


def _people(sheet: Sheet) -> str:
    """How many people they are, and who."""
    people = sheet.people
    said = counted("{count} person", "{count} people", people.people)
    parts = [
        _("girls {n}", n=figure_said(people.girls)),
        _("boys {n}", n=figure_said(people.boys)),
        _("women {n}", n=figure_said(people.women)),
        _("men {n}", n=figure_said(people.men)),
    ]
    if people.unknown != 0:
        parts.append(_("sex or age not known {n}", n=figure_said(people.unknown)))
    young = _("under {years} {n}", years=sheet.ages[0], n=figure_said(people.young))
    return f"{said}: {', '.join(parts)}; {young}."


def _bar(answers: Answers) -> Markup:
    shown = _shown(answers)
    said = ", ".join(f"{figure_said(getattr(answers, name))} {_word(name)}" for name in shown)
    there = [(KINDS[name], n) for name in shown if (n := getattr(answers, name))]
    parts = (PART.format(kind=kind, n=n) for kind, n in there)
    return BAR.format(said=said, parts=joined(parts))


def _list(answers: Answers) -> Markup:
    rows = []
    for name in _shown(answers):
        n = getattr(answers, name)
        first = name == "in_"
        rows.append(
            ANSWER.format(
                kind=KINDS[name],
                first=Markup(' class="first"') if first else "",
                also=" first" if first else "",
                word=_word(name),
                n=figure_said(n),
                share=_share(n, answers.asked),
            )
        )
        rows += [WHY.format(words=words) for words in _why(name, answers.apart)]
    return LIST.format(rows=joined(rows))


def _why(name: str, apart: Apart | None) -> list[str]:
    """What is told apart of an answer, a line each."""
    if apart is None:
        return []
    if name == "out" and apart.permanent_water:
        n = figure_said(apart.permanent_water)
        return [_("{count} of them in permanent water", count=n)]
    told = apart.unseen.items() if name == "not_observed" else ()
    return [f"{figure_said(n)} {said_of_named(why)}" for why, n in told if n]


def _share(n: Figure, asked: Figure) -> str:
    """The share of all asked, where both may be told."""
    if n is None or asked is None:
        return ""
    return percent_said(n / asked if asked else 0)


def _table(sheet: Sheet) -> Markup:
    """The areas where most are in; the others are one row, so that the table adds up."""
    names = _shown(sheet.answers)
    shown = sheet.rows if len(sheet.rows) <= MOST_ROWS else sheet.rows[: MOST_ROWS - 1]
    rows = [_row(row.name, [row.answers], names) for row in shown]
    if others := sheet.rows[len(shown) :]:
        rest = counted("{count} other area", "{count} other areas", len(others))
        rows.append(_row(rest, [row.answers for row in others], names))
    heads = joined(HEAD.format(kind=KINDS[name], word=_word(name)) for name in names)
    caption = _("Households by area")
    return TABLE.format(caption=caption, area=_("Area"), heads=heads, rows=joined(rows))


def _row(title: str, answers: list[Answers], names: list[str]) -> Markup:
    sums = (together(*(getattr(each, name) for each in answers)) for name in names)
    return ROW.format(name=title, cells=joined(NUMBER.format(n=figure_said(n)) for n in sums))


def _shown(answers: Answers) -> list[str]:
    """The answers to show: all of them, but nobody is probable where nobody was asked so."""
    return [name for name in KINDS if name != "probable" or answers.probable != 0]


def _word(answer: str) -> str:
    return {
        "in_": _("In"),
        "probable": _("Probable"),
        "out": _("Out"),
        "not_observed": _("Not observed"),
        "unlocated": _("Unlocated"),
    }[answer]
