// A release on the map: depth or extent in the colours of its ramp, and what was not observed hatched, since
// no data is never dry land.

const HATCH = 'hatch';
const CELLS = { 'raster-opacity': 0.88, 'raster-fade-duration': 120, 'raster-resampling': 'nearest' };
const TILE = 8; // px; the lines meet at its edges

/** Sources of the release. */
export function hazardSources({ release }) {
  if (!release) return {};
  const at = `${location.origin}/tiles/releases/${release.id}/{z}/{x}/{y}`;
  const within = { ...(release.bounds && { bounds: release.bounds }), maxzoom: release.maxzoom ?? 14 };
  const vector = { 'release-shapes': { type: 'vector', tiles: [`${at}.mvt`], ...within } };
  if (release.kind === 'vector') return vector;
  const meant = release.as_if ? `?${new URLSearchParams(release.as_if)}` : '';
  const cells = (tiles) => ({ type: 'raster', tiles: [tiles], tileSize: 256, ...within });
  const water = cells(`${location.origin}/tiles/releases/${release.id}/water/{z}/{x}/{y}.png`);
  return { 'release-cells': cells(`${at}.png${meant}`), ...(release.water && { 'release-water': water }), ...vector };
}

/** Layers of the release, under the borders. */
export function hazardLayers({ release }, colour) {
  if (!release) return [];
  const shapes = (id, type, layer, paint) => ({ id, type, source: 'release-shapes', 'source-layer': layer, paint });
  const hazard = release.kind === 'raster'
    ? { id: 'hazard', type: 'raster', source: 'release-cells', paint: CELLS }
    : shapes('hazard', 'fill', 'extent', extentPaint(release, colour));
  const edge = { 'line-color': colour('--m-no-line'), 'line-width': 0.9, 'line-dasharray': [4, 3] };
  const always = release.kind === 'raster'
    ? { id: 'water', type: 'raster', source: 'release-water', paint: CELLS }
    : shapes('water', 'fill', 'water', { 'fill-color': colour('--m-water'), 'fill-antialias': false });
  return [
    ...(release.water ? [always] : []),
    hazard,
    shapes('unseen-ground', 'fill', 'unseen', { 'fill-color': colour('--m-no-bg'), 'fill-opacity': 0.5 }),
    shapes('unseen', 'fill', 'unseen', { 'fill-pattern': HATCH, 'fill-opacity': 0.85 }),
    shapes('unseen-edge', 'line', 'observed', edge),
  ];
}

function extentPaint({ ramp }, colour) {
  const value = ['to-number', ['get', 'value'], ramp[0][0]];
  const [[, first], ...more] = ramp;
  const steps = more.flatMap(([least, token]) => [least, colour(token)]);
  const plain = colour(ramp.length > 1 ? ramp[1][1] : first);
  const byValue = more.length ? ['step', value, colour(first), ...steps] : colour(first);
  return {
    'fill-color': ['case', ['has', 'value'], byValue, plain],
    'fill-opacity': ['case', ['all', ['has', 'value'], ['<', value, ['global-state', 'least']]], 0.3, 0.88],
    'fill-antialias': false,
  };
}

/** Show another release in place of the one that is shown. */
export function changeRelease(map, settings, release, colour) {
  const ids = hazardLayers(settings, colour).map(({ id }) => id);
  const order = map.getLayersOrder();
  const above = order[order.indexOf(ids.at(-1)) + 1];
  const hidden = ids.filter((id) => map.getLayoutProperty(id, 'visibility') === 'none');
  for (const id of ids) map.removeLayer(id);
  for (const id of Object.keys(hazardSources(settings))) map.removeSource(id);
  settings.release = release;
  map.setGlobalStateProperty('least', release.at_least ?? 0);
  for (const [id, source] of Object.entries(hazardSources(settings))) map.addSource(id, source);
  for (const layer of hazardLayers(settings, colour)) {
    const layout = hidden.includes(layer.id) ? { visibility: 'none' } : {};
    map.addLayer({ ...layer, layout }, above);
  }
}

/** Draw the hatch into the map's images, or draw it again in other colours. */
export function addHatch(map, colour) {
  const image = hatch(colour('--m-no-line'), Math.ceil(devicePixelRatio));
  if (map.hasImage(HATCH)) map.removeImage(HATCH);
  map.addImage(HATCH, image.data, { pixelRatio: image.ratio });
}

function hatch(ink, ratio) {
  const size = TILE * ratio;
  const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size });
  const pen = canvas.getContext('2d');
  pen.strokeStyle = ink;
  pen.lineWidth = 1.4 * ratio;
  for (const shift of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
    pen.stroke();
  }
  return { data: pen.getImageData(0, 0, size, size), ratio };
}
