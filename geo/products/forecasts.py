"""Forecasts of floods by watershed: polygons with an alert (Watch, Warning) and a severity of 0 to
1. They say what may come, not what was seen, and are kept apart from what was.

Source: Model of Models (Pacific Disaster Center, University of Maryland), Apache-2.0; its files
carry the hour of the forecast in their names, as 2022102912.
"""

from core.words import _
from geo.measures import SEVERITY
from geo.products.meaning import Recognition
from geo.products.moments import stamped
from geo.products.parts import Part
from geo.products.specimen import Specimen, day_said

FIELDS = {"alert", "severity"}
ALERTS = {"information", "advisory", "watch", "warning"}


def recognise(specimen: Specimen) -> Recognition | None:
    """Know a forecast by its alerts and their severity."""
    for part in specimen.polygons:
        columns = {name.lower(): name for name in part.columns}
        if not columns.keys() >= FIELDS:
            continue
        alerts = specimen.texts(part, columns["alert"])
        if alerts and {alert.lower() for alert in alerts} <= ALERTS:
            return _forecast(specimen, part, alerts, columns["severity"])
    return None


def _forecast(specimen: Specimen, part: Part, alerts: list[str], column: str) -> Recognition:
    at, day_only = stamped(specimen.called(part))
    alert = ", ".join(alerts)
    title = _("Flood forecast, {alert}", alert=alert)
    if at:
        title = _("Flood forecast of {day}, {alert}", day=day_said(at), alert=alert)
    levels = sorted(float(text) for text in specimen.texts(part, column))
    return Recognition(
        product="mom-forecast",
        title=title,
        part=part,
        measure=SEVERITY,
        unit="index",
        value_field=column,
        observed_rule="country",
        observed_at=at,
        day_only=day_only,
        forecast=True,
        source="Model of Models",
        licence="Apache-2.0",
        says=(
            _("It is a forecast: it is shown apart from what was observed."),
            _(
                "Its severity runs from {low} to {high}.",
                low=f"{levels[0]:.3f}",
                high=f"{levels[-1]:.3f}",
            ),
        ),
    )
