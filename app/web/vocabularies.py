"""Word lists: what the codes in files and records mean, in every language."""

from flask import Blueprint, render_template

from app.request import db
from registry.queries.vocabularies import label, word_lists

bp = Blueprint("vocabularies", __name__, url_prefix="/vocabularies")


@bp.get("/")
def index() -> str:
    return render_template("vocabularies/index.html", lists=word_lists(db()), label=label)
