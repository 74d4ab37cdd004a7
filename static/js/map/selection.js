// What is selected, and what the pointer is on. Selected areas and shapes have a casing and a line, so that the
// line holds on any ground; the area under the pointer is ink, so that it is not taken for a selection.

const NOBODY = ['in', ['get', 'pcode'], ['literal', []]];
const EMPTY = { type: 'FeatureCollection', features: [] };

/** Sources of shapes and of the pin. */
export function selectionSources({ shapes, pin }) {
  return {
    shapes: { type: 'geojson', data: shapes ?? EMPTY },
    pin: { type: 'geojson', data: pin ? around(pin) : EMPTY },
  };
}

/** Fills, under the people. */
export function selectionFills({ levels }, colour) {
  const fill = { type: 'fill', paint: { 'fill-color': colour('--accent'), 'fill-opacity': 0.07 } };
  return [
    ...levels.map(({ level }) => ({ id: `picked-${level}-fill`, ...areas(level), filter: NOBODY, ...fill })),
    { id: 'shapes-fill', source: 'shapes', ...fill },
  ];
}

/** Lines, over the people. */
export function selectionLines({ levels }, colour) {
  const casing = { type: 'line', layout: { 'line-join': 'round' }, paint: { 'line-color': colour('--m-halo'), 'line-width': 5, 'line-opacity': 0.92 } };
  const line = { type: 'line', layout: { 'line-join': 'round' }, paint: { 'line-color': colour('--accent'), 'line-width': 2.2 } };
  const lit = { type: 'line', paint: { 'line-color': colour('--m-text'), 'line-width': 1.4 } };
  const litFill = { type: 'fill', paint: { 'fill-color': colour('--m-text'), 'fill-opacity': 0.08 } };
  return [
    ...levels.flatMap(({ level }) => [
      { id: `picked-${level}-casing`, ...areas(level), filter: NOBODY, ...casing },
      { id: `picked-${level}`, ...areas(level), filter: NOBODY, ...line },
      { id: `without-${level}`, ...areas(level), filter: NOBODY, type: 'line', paint: { 'line-color': colour('--bad'), 'line-width': 2, 'line-dasharray': [2, 1.6] } },
      { id: `lit-${level}-fill`, ...areas(level), filter: NOBODY, ...litFill },
      { id: `lit-${level}`, ...areas(level), filter: NOBODY, ...lit },
    ]),
    { id: 'shapes-casing', source: 'shapes', ...casing },
    { id: 'shapes', source: 'shapes', ...line },
    { id: 'pin-accuracy', source: 'pin', filter: ['==', ['geometry-type'], 'Polygon'], type: 'fill', paint: { 'fill-color': colour('--accent'), 'fill-opacity': 0.12, 'fill-outline-color': colour('--accent') } },
    { id: 'pin', source: 'pin', filter: ['==', ['geometry-type'], 'Point'], type: 'circle', paint: { 'circle-radius': 7, 'circle-color': colour('--accent'), 'circle-stroke-color': '#fff', 'circle-stroke-width': 2 } },
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
function around({ lon, lat, accuracy }) {
  const point = { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [lon, lat] } };
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
