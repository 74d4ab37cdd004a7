// Registered households on the map. Below street zoom a cell is one circle as large as its households are many;
// the part of it that stands in the hazard is filled, so that the filled share of the circle is their share.
// From street zoom each household is a point: filled in, ring out, grey not observed.

const STREET = 13;
const LARGEST = 8.5; // px
const PALE = 0.32; // of the opacity of those inside
const FULL = 420; // households in a cell whose circle is the largest, where the page does not say
const SOURCE = 'households';

/** Address of the households' tiles for a release and a threshold. */
export function householdTiles({ release, at_least }) {
  const asked = new URLSearchParams();
  if (release !== null && release !== undefined) asked.set('release', release);
  if (at_least !== null && at_least !== undefined) asked.set('at_least', at_least);
  const query = asked.size ? `?${asked}` : '';
  return `${location.origin}/tiles/households/{z}/{x}/{y}.mvt${query}`;
}

/** Source of the households. */
export function peopleSources({ households }) {
  if (!households) return {};
  return { [SOURCE]: { type: 'vector', tiles: [householdTiles(households)], maxzoom: 15 } };
}

/** Show the households as a release and threshold sort them. */
export function sortPeople(map, households) {
  map.getSource(SOURCE)?.setTiles([householdTiles(households)]);
}

/** Pale those who stand outside a MultiPolygon; null shows everybody alike. */
export function paleOutside(map, shape) {
  const outside = (value) => (shape ? ['case', ['within', shape], value, value * PALE] : value);
  for (const id of map.getLayersOrder().filter((each) => each.startsWith('people'))) {
    const { opacity = 1, stroke = 1 } = map.getLayer(id).metadata ?? {};
    map.setPaintProperty(id, 'circle-opacity', outside(opacity));
    map.setPaintProperty(id, 'circle-stroke-opacity', outside(stroke));
  }
}

const count = (property) => ['to-number', ['get', property], 0];

/** Radius of a cell's circle in px: the area follows the count, up to what keeps neighbours apart. */
const radius = (property, full) => ['max', 1.4, ['*', LARGEST, ['sqrt', ['min', 1, ['/', count(property), full]]]]];
const grown = (property, full) => [
  'interpolate', ['linear'], ['zoom'],
  6, ['*', 0.85, radius(property, full)], 10, radius(property, full), STREET, ['*', 1.3, radius(property, full)],
];

/** Layers of the households, over borders and selection fill. */
export function peopleLayers({ households }, colour) {
  if (!households) return [];
  const full = households.full ?? FULL;
  const tile = { type: 'circle', source: SOURCE, 'source-layer': 'households' };
  const many = { ...tile, maxzoom: STREET };
  const one = { ...tile, minzoom: STREET };
  const ring = { 'circle-stroke-color': colour('--people'), 'circle-stroke-width': 1.1 };
  const solid = { 'circle-color': colour('--people'), 'circle-stroke-color': colour('--surface'), 'circle-stroke-width': 0.9 };
  const unseen = { 'circle-color': colour('--no-bg'), 'circle-stroke-color': colour('--no-line'), 'circle-stroke-width': 1 };
  const point = { 'circle-radius': ['interpolate', ['linear'], ['zoom'], STREET, 3.2, 17, 6] };
  if (households.look === 'plain') {
    return [
      { id: 'people-cells', ...many, paint: { ...solid, 'circle-radius': grown('n', full) } },
      { id: 'people', ...one, paint: { ...solid, ...point } },
    ];
  }
  const mostlyUnseen = ['>', count('not_observed'), ['+', count('in'), count('out')]];
  const status = (name) => ['==', ['get', 'status'], name];
  return [
    { id: 'people-cells-unseen', ...many, filter: mostlyUnseen, paint: { ...unseen, 'circle-radius': grown('n', full) } },
    { id: 'people-cells', ...many, filter: ['!', mostlyUnseen], metadata: { opacity: 0.6, stroke: 0.75 }, paint: { 'circle-color': colour('--surface'), 'circle-opacity': 0.6, ...ring, 'circle-stroke-width': 0.9, 'circle-stroke-opacity': 0.75, 'circle-radius': grown('n', full) } },
    { id: 'people-cells-in', ...many, filter: ['>', count('in'), 0], paint: { 'circle-color': colour('--people'), 'circle-stroke-color': colour('--people'), 'circle-stroke-width': 0.6, 'circle-radius': grown('in', full) } },
    { id: 'people-unseen', ...one, filter: status('not_observed'), paint: { ...unseen, ...point } },
    { id: 'people-out', ...one, filter: status('out'), paint: { 'circle-color': colour('--surface'), ...ring, ...point } },
    { id: 'people', ...one, filter: status('in'), paint: { ...solid, ...point } },
  ];
}
