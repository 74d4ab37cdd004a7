"""Sheets of A4 that are printed: their letters, their colours, and a line of words on them."""

from pathlib import Path

from fpdf import FPDF

FONTS = Path(__file__).parents[2] / "static" / "vendor" / "fonts" / "print"
INK, SOFT, LINE, ACCENT = (28, 30, 33), (92, 97, 104), (205, 202, 196), (91, 45, 190)

Style = tuple[str, float, tuple[int, int, int]]  # weight, size in points, colour
Box = tuple[float, float, float, float]  # x, y, width, height in millimetres


def paper() -> FPDF:
    """A document of A4 without pages yet; letters of other scripts come with their first words."""
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    _add(pdf, "inter", "inter")
    return pdf


def write_line(pdf: FPDF, style: Style, box: Box, words: str) -> None:
    """One line of words in a box, made smaller if it is too long for it."""
    x, y, width, height = box
    _dress(pdf, style, words)
    if (needed := pdf.get_string_width(words)) > width:
        pdf.set_font_size(style[1] * width / needed)
    pdf.set_xy(x, y)
    pdf.cell(width, height, words)


def write_lines(pdf: FPDF, style: Style, box: Box, words: str, *, align: str = "L") -> float:
    """Words in lines as wide as a box, each as high as it; answers where the next may begin."""
    x, y, width, height = box
    _dress(pdf, style, words)
    pdf.set_xy(x, y)
    pdf.multi_cell(width, height, words, align=align, new_x="LMARGIN", new_y="NEXT")
    return float(pdf.get_y())


def _add(pdf: FPDF, family: str, file: str) -> None:
    for style, weight in (("", ""), ("B", "-strong")):
        pdf.add_font(family, style, FONTS / f"{file}{weight}.ttf")


def _dress(pdf: FPDF, style: Style, words: str) -> None:
    weight, size, colour = style
    if not words.isascii() and "arabic" not in pdf.fonts:  # reading a font takes longer than a page
        _add(pdf, "arabic", "noto-sans-arabic")
        pdf.set_fallback_fonts(["arabic"])
    pdf.set_text_shaping(not words.isascii())  # plain letters need none, and are many
    pdf.set_font("inter", weight, size)
    pdf.set_text_color(*colour)
