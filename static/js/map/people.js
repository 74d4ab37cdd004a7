// Registered households on the map. Below street zoom a cell is one circle as large as its households are many;
// the part of it that stands in the hazard is filled, so that the filled share of the circle is their share.
// From street zoom each household is a point: filled in, ring out, grey not observed.

const STREET = 13;
const LARGEST = 8.5; // px
const PALE = 0.32; // of the opacity of those inside
const FULL = 420; // households in a cell whose circle is the largest, where the page does not say
const SOURCE = 'households';

/** Address of the households' tiles for a release, a threshold and what is asked beside them. */
export function householdTiles({ release, at_least, beside }) {
  const asked = new URLSearchParams(beside);
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
const radius = (property, full) => [
  'max', 1.4, ['*', LARGEST, ['sqrt', ['min', 1, ['/', count(property), full]]]],
];
const grown = (property, full) => [
  'interpolate', ['linear'], ['zoom'],
  6, ['*', 0.85, radius(property, full)],
  10, radius(property, full),
  STREET, ['*', 1.3, radius(property, full)],
];

/** Layers of the households, over borders and selection fill. */
export function peopleLayers({ households }, colour) {
  if (!households) return [];
  const full = households.full ?? FULL;
  const paints = paintsOf(colour);
  return households.look === 'plain' ? plainLayers(full, paints) : statusLayers(full, paints);
}

function paintsOf(colour) {
  const paint = (fill, edge, width) => ({
    'circle-color': fill, 'circle-stroke-color': edge, 'circle-stroke-width': width,
  });
  const people = colour('--people');
  return {
    in: paint(people, colour('--surface'), 0.9),
    part: paint(people, people, 0.6),
    probable: paint(colour('--surface'), people, 2.4),
    out: paint(colour('--surface'), people, 1.1),
    faint: { ...paint(colour('--surface'), people, 0.9), 'circle-opacity': 0.6, 'circle-stroke-opacity': 0.75 },
    unseen: paint(colour('--no-bg'), colour('--no-line'), 1),
  };
}

const tile = { type: 'circle', source: SOURCE, 'source-layer': 'households' };

/** Cells: one circle for the households of a cell, as large as `property` says. */
function cells(id, paint, property, full, filter = true) {
  return { id, ...tile, maxzoom: STREET, filter, paint: { ...paint, 'circle-radius': grown(property, full) } };
}

/** Points: one circle for each household. */
function points(id, paint, filter = true) {
  const size = ['interpolate', ['linear'], ['zoom'], STREET, 3.2, 17, 6];
  return { id, ...tile, minzoom: STREET, filter, paint: { ...paint, 'circle-radius': size } };
}

function plainLayers(full, paints) {
  return [cells('people-cells', paints.in, 'n', full), points('people', paints.in)];
}

function statusLayers(full, paints) {
  const mostlyUnseen = ['>', count('not_observed'), ['+', count('in'), count('probable'), count('out')]];
  const status = (name) => ['==', ['get', 'status'], name];
  const faint = { opacity: paints.faint['circle-opacity'], stroke: paints.faint['circle-stroke-opacity'] };
  return [
    cells('people-cells-unseen', paints.unseen, 'n', full, mostlyUnseen),
    { ...cells('people-cells', paints.faint, 'n', full, ['!', mostlyUnseen]), metadata: faint },
    cells('people-cells-in', paints.part, 'in', full, ['>', count('in'), 0]),
    points('people-unseen', paints.unseen, status('not_observed')),
    points('people-out', paints.out, status('out')),
    points('people-probable', paints.probable, status('probable')),
    points('people', paints.in, status('in')),
  ];
}
