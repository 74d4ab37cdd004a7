// Context layers: what is there whether or not there is a shock. Grounds and grids lie under the hazard, lines and
// sites over it; each is shown when its box in the layers panel is ticked, and asks for nothing before.

const RAMP = ['--c1', '--c2', '--c3', '--c4'];
const nameOf = ({ id }) => `layer-${id}`;

/** Sources of the layers. */
export function contextSources({ layers }) {
  return Object.fromEntries(layers.map((layer) => [nameOf(layer), source(layer)]));
}

function source({ id, kind, bounds }) {
  const at = `${location.origin}/tiles/layers/${id}/{z}/{x}/{y}`;
  const within = { ...(bounds && { bounds }), maxzoom: 14 };
  if (kind === 'grid') return { type: 'raster', tiles: [`${at}.png`], tileSize: 256, ...within };
  return { type: 'vector', tiles: [`${at}.mvt`], ...within };
}

/** What lies under the hazard: grids, and the ground of shapes and of areas. */
export function contextGround({ layers }, colour) {
  return layers.flatMap((layer) => (GROUND[layer.kind] ?? none)(layer, colour));
}

/** What lies over it: lines and sites. */
export function contextMarks({ layers }, colour) {
  return layers.flatMap((layer) => (MARKS[layer.kind] ?? none)(layer, colour));
}

const none = () => [];
const GROUND = { grid: cells, polygons: shapes, table: shapes };
const MARKS = { lines, points };

function drawn(layer, part, type, paint) {
  const name = nameOf(layer);
  const within = layer.kind === 'grid' ? {} : { 'source-layer': name };
  const layout = { visibility: layer.shown ? 'visible' : 'none' };
  return { id: `${name}-${part}`, type, source: name, ...within, layout, paint };
}

function cells(layer) {
  const paint = { 'raster-opacity': 0.8, 'raster-fade-duration': 120, 'raster-resampling': 'nearest' };
  return [drawn(layer, 'cells', 'raster', paint)];
}

function shapes(layer, colour) {
  const fill = { 'fill-color': shade(layer, colour), 'fill-opacity': 0.75, 'fill-antialias': false };
  const edge = { 'line-color': colour('--c4'), 'line-width': 0.5, 'line-opacity': 0.7 };
  return [drawn(layer, 'fill', 'fill', fill), drawn(layer, 'edge', 'line', edge)];
}

function shade({ breaks }, colour) {
  if (!breaks?.length) return colour('--c2');
  const [, ...more] = breaks.map((least, at) => [least, colour(RAMP[at])]);
  const first = colour(RAMP[0]);
  if (!more.length) return first;
  return ['step', ['to-number', ['get', 'density'], 0], first, ...more.flat()];
}

function lines(layer, colour) {
  const width = ['interpolate', ['linear'], ['zoom'], 6, 0.8, 14, 3];
  const casing = { 'line-color': colour('--m-halo'), 'line-width': ['interpolate', ['linear'], ['zoom'], 6, 1.6, 14, 5] };
  return [
    drawn(layer, 'casing', 'line', casing),
    drawn(layer, 'line', 'line', { 'line-color': colour('--c4'), 'line-width': width }),
  ];
}

function points(layer, colour) {
  const radius = ['interpolate', ['linear'], ['zoom'], 6, 3, 14, 6];
  return [drawn(layer, 'site', 'circle', {
    'circle-color': colour('--c4'), 'circle-radius': radius,
    'circle-stroke-color': colour('--surface'), 'circle-stroke-width': 1.4,
  })];
}
