// What is selected, and what the pointer is on. Selected areas and shapes have a casing and a line, so that the
// line holds on any ground; the area under the pointer is ink, so that it is not taken for a selection.

const NOBODY = ['in', ['get', 'pcode'], ['literal', []]];
const EMPTY = { type: 'FeatureCollection', features: [] };

/** Sources of shapes and of the pin. */
export function selectionSources({ shapes, pin, pins = [] }) {
  const features = [...(pin ? [pin] : []), ...pins].flatMap((each) => around(each).features);
  return {
    shapes: { type: 'geojson', data: shapes ?? EMPTY },
    pin: { type: 'geojson', data: { ...EMPTY, features } },
  };
}

const fillOf = (color, opacity) => ({ type: 'fill', paint: { 'fill-color': color, 'fill-opacity': opacity } });

const lineOf = (color, width, more = {}) => ({
  type: 'line',
  layout: { 'line-join': 'round' },
  paint: { 'line-color': color, 'line-width': width, ...more },
});

/** Fills, under the people. */
export function selectionFills({ levels }, colour) {
  const fill = fillOf(colour('--accent'), 0.07);
  return [
    ...levels.map(({ level }) => ({ id: `picked-${level}-fill`, ...areas(level), filter: NOBODY, ...fill })),
    { id: 'shapes-fill', source: 'shapes', ...fill },
  ];
}

/** Lines, over the people. */
export function selectionLines({ levels }, colour) {
  const casing = lineOf(colour('--m-halo'), 5, { 'line-opacity': 0.92 });
  const line = lineOf(colour('--accent'), 2.2);
  const ink = colour('--m-text');
  const ofLevel = (level) => [
    { id: `picked-${level}-casing`, ...casing },
    { id: `picked-${level}`, ...line },
    { id: `without-${level}`, ...lineOf(colour('--bad'), 2, { 'line-dasharray': [2, 1.6] }) },
    { id: `lit-${level}-fill`, ...fillOf(ink, 0.08) },
    { id: `lit-${level}`, ...lineOf(ink, 1.4) },
  ].map((layer) => ({ ...layer, ...areas(level), filter: NOBODY }));
  return [
    ...levels.flatMap(({ level }) => ofLevel(level)),
    { id: 'shapes-casing', source: 'shapes', ...casing },
    { id: 'shapes', source: 'shapes', ...line },
    ...pinLayers(colour('--accent')),
  ];
}

function pinLayers(accent) {
  const label = { 'text-field': ['get', 'label'], 'text-font': ['Map Semibold'], 'text-size': 12, 'text-allow-overlap': true };
  const lettered = ['has', 'label'];
  const edge = { 'circle-stroke-color': '#fff', 'circle-stroke-width': 2 };
  const circle = { 'circle-radius': ['case', lettered, 11, 7], 'circle-color': accent, ...edge };
  const kind = (name) => ['==', ['geometry-type'], name];
  return [
    { id: 'pin-accuracy', source: 'pin', filter: kind('Polygon'), ...fillOf(accent, 0.12) },
    { id: 'pin-edge', source: 'pin', filter: kind('Polygon'), ...lineOf(accent, 1, { 'line-dasharray': [3, 2] }) },
    { id: 'pin', source: 'pin', filter: kind('Point'), type: 'circle', paint: circle },
    { id: 'pin-letter', source: 'pin', filter: lettered, type: 'symbol', layout: label, paint: { 'text-color': '#fff' } },
  ];
}

const areas = (level) => ({ source: `areas-${level}`, 'source-layer': 'areas' });

/** Mark areas by P-code, at whatever level they are: as "picked", "without" or "lit". */
export function markAreas(map, levels, kind, pcodes) {
  const filter = ['in', ['get', 'pcode'], ['literal', pcodes]];
  for (const { level } of levels) {
    for (const id of [`${kind}-${level}`, `${kind}-${level}-casing`, `${kind}-${level}-fill`]) {
      if (map.getLayer(id)) map.setFilter(id, filter);
    }
  }
}

/** The pin's point and the circle in which the place certainly lies. */
export function around({ lon, lat, accuracy, label }) {
  const point = { type: 'Feature', properties: label ? { label } : {}, geometry: { type: 'Point', coordinates: [lon, lat] } };
  if (!accuracy) return { type: 'FeatureCollection', features: [point] };
  const dLat = accuracy / 111_195;
  const dLon = dLat / Math.cos((lat * Math.PI) / 180);
  const ring = Array.from({ length: 65 }, (_, i) => {
    const turn = (i * Math.PI) / 32;
    return [lon + dLon * Math.cos(turn), lat + dLat * Math.sin(turn)];
  });
  const circle = { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } };
  return { type: 'FeatureCollection', features: [circle, point] };
}
