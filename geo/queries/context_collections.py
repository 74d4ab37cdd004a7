"""Context layers as collections of features: what is there, to be drawn and taken elsewhere."""

from typing import Any

from sqlalchemy import select

from core.cql import Kind, Term, Terms
from core.words import _
from geo.models.areas import Area
from geo.models.context import ContextFeature, ContextKind, ContextLayer
from geo.queries.areas import in_force
from geo.queries.features import Collection
from geo.queries.tiles import outlined


def context_named(layer: ContextLayer) -> str:
    """The name of a layer's collection."""
    return f"layer-{layer.id}"


def features_of(layer: ContextLayer) -> Collection:
    """The features of a layer; rows of a table stand in the shapes of their areas."""
    by_area = layer.kind is ContextKind.TABLE
    shape = Area.shape if by_area else ContextFeature.shape
    return Collection(
        context_named(layer),
        layer.name,
        _rows_of_table(layer) if by_area else _rows(layer),
        ContextFeature.id,
        shape,
        {
            "name": ContextFeature.name,
            "value": ContextFeature.value,
            "density": ContextFeature.density,
            **({"pcode": Area.pcode} if by_area else {}),
        },
        _terms(layer, shape),
        drawn=outlined if by_area else None,
    )


def _rows(layer: ContextLayer) -> Any:
    return select(ContextFeature.id).where(ContextFeature.layer_id == layer.id)


def _rows_of_table(layer: ContextLayer) -> Any:
    """Rows with the area that bears the P-code of theirs today."""
    given = select(Area.pcode).where(Area.id == ContextFeature.area_id).correlate(ContextFeature)
    now = (Area.pcode == given.scalar_subquery()) & in_force()
    return _rows(layer).join(Area, now)


def _terms(layer: ContextLayer, shape: Any) -> Terms:
    counted = layer.measure or _("Value")
    return {
        "geometry": Term(shape, Kind.GEOMETRY, _("Its shape")),
        "name": Term(ContextFeature.name, Kind.TEXT, _("Name")),
        "value": Term(ContextFeature.value, Kind.NUMBER, counted),
        "density": Term(
            ContextFeature.density, Kind.NUMBER, _("{measure} to a km²", measure=counted)
        ),
    }
