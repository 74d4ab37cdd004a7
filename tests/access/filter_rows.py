"""The routes of filters: what each needs, and what of the marked world it may show."""

from registry.permissions import May as Registry
from tests.access.rows import COUNT_PEOPLE, PLAIN, Row, needs

FILTER = {"code": "filter"}

FILTER_GETS: dict[str, Row] = {
    "filters.index": Row(COUNT_PEOPLE, PLAIN),
    "filters.new": Row(COUNT_PEOPLE),
    "filters.show": Row(COUNT_PEOPLE, PLAIN, FILTER),
    "filters.where": Row(COUNT_PEOPLE, PLAIN),
    "api_filters.kept": Row(COUNT_PEOPLE, PLAIN),
}
FILTER_POSTS: dict[str, Row] = {
    "api_filters.count": Row(COUNT_PEOPLE),
    "api_filters.where": Row(COUNT_PEOPLE),
    "filters.build": Row(COUNT_PEOPLE),
    "filters.count": Row(COUNT_PEOPLE),
    "filters.together": Row(COUNT_PEOPLE),
    "filters.keep": Row(needs(Registry.KEEP_FILTERS)),
    "filters.remove": Row(needs(Registry.KEEP_FILTERS), about=FILTER),
    "filters.share": Row(needs(Registry.SHARE_FILTERS), about=FILTER),
    "filters.unshare": Row(needs(Registry.SHARE_FILTERS), about=FILTER),
    "filters.change": Row(needs(Registry.KEEP_FILTERS), about=FILTER),
}
