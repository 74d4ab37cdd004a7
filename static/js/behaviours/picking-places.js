// data-module="picking-places" data-map="ID": the places of a work list on its map. A tap on a point ticks its row;
// with Shift, a box is drawn and ticks all in it. A point that is dragged is moved to a point of its own, or, if it is
// ticked with others, shifts all that are ticked by its way: the fields of the form are what is sent, the map shows
// what they say. data-here is the list's address, asked for a part of the map.

import { mapOf } from '../map/map.js';
import { metresBetween } from '../map/metres.js';
import { readPlace } from '../map/place.js';
import { onSchemeChange, palette } from '../map/tokens.js';

const RADIUS = 6; // pixels
const STEADY = 4; // pixels that are no drag
const DECIMALS = 6; // of a degree: a tenth of a metre

export async function start(element) {
  const rows = [...document.querySelectorAll('#places tr[data-lon]')];
  const live = await mapOf(document.getElementById(element.dataset.map));
  if (!live || !rows.length) return;
  const { map } = live;
  const fields = element.closest('form').elements;
  map.addSource('places', { type: 'geojson', data: points(rows, fields) });
  const layer = { id: 'places', source: 'places', type: 'circle', metadata: { ticks: true } };
  map.addLayer({ ...layer, paint: paint() }, 'pin-accuracy');
  onSchemeChange(() => Object.entries(paint()).forEach(([name, value]) => map.setPaintProperty('places', name, value)));
  const show = () => map.getSource('places').setData(points(rows, fields));
  map.on('mouseenter', 'places', () => (map.getCanvas().style.cursor = 'pointer'));
  map.on('mouseleave', 'places', () => (map.getCanvas().style.cursor = ''));
  map.on('click', 'places', ({ features }) => {
    const box = tick(rows[features[0].properties.row]);
    if (box) box.checked = !box.checked;
    show();
  });
  for (const row of rows) tick(row)?.addEventListener('change', show);
  for (const name of ['points', 'east', 'north']) fields[name]?.addEventListener('input', show);
  if (fields.points) drag(map, rows, fields, show);
  map.boxZoom.disable();
  drawBox(map, (inside) => {
    for (const row of rows.filter(inside)) if (tick(row)) tick(row).checked = true;
    show();
  });
  narrow(element, map);
  document.getElementById(element.dataset.map).dataset.places = rows.length;
}

const tick = (row) => row.querySelector('input[name="number"]');
const stands = ({ dataset: { lon, lat } }) => [Number(lon), Number(lat)];

/** The points a form sets, by number. */
function setPoints(fields) {
  const lines = (fields.points?.value ?? '').split('\n').map((line) => /^\s*(\S+)\s+(.+)$/.exec(line));
  return new Map(lines.filter(Boolean).map(([, number, place]) => [number.toUpperCase(), readPlace(place)]));
}

function points(rows, fields) {
  const moved = setPoints(fields);
  const features = rows.map((row, at) => ({
    type: 'Feature',
    properties: { row: at, picked: Boolean(tick(row)?.checked), moved: moved.has(row.dataset.number) },
    geometry: { type: 'Point', coordinates: moved.get(row.dataset.number) ?? stands(row) },
  }));
  return { type: 'FeatureCollection', features };
}

function paint() {
  const colour = palette();
  return {
    'circle-radius': RADIUS,
    'circle-color': ['case', ['get', 'picked'], colour('--accent'), colour('--surface')],
    'circle-stroke-color': ['case', ['get', 'moved'], colour('--accent'), colour('--people')],
    'circle-stroke-width': 2,
  };
}

/** A point that is taken and let go elsewhere. */
function drag(map, rows, fields, show) {
  let taken = null;
  const begin = (event) => {
    if (event.originalEvent.shiftKey || event.points?.length > 1) return;
    event.preventDefault(); // the map stays where it is
    taken = { row: rows[event.features[0].properties.row], from: event.point };
  };
  const end = ({ point, lngLat }) => {
    const { row, from } = taken ?? {};
    taken = null;
    if (!row || Math.hypot(point.x - from.x, point.y - from.y) < STEADY) return;
    const to = [lngLat.lng, lngLat.lat];
    const ticked = rows.filter((each) => tick(each)?.checked);
    if (ticked.length > 1 && ticked.includes(row)) shift(fields, stands(row), to);
    else moveOne(fields, row.dataset.number, to);
    show();
  };
  for (const start of ['mousedown', 'touchstart']) map.on(start, 'places', begin);
  for (const stop of ['mouseup', 'touchend']) map.on(stop, end);
}

function moveOne(fields, number, [lon, lat]) {
  const points = setPoints(fields);
  points.set(number, [lon, lat]);
  const lines = [...points].filter(([, place]) => place);
  fields.points.value = lines.map(([key, [x, y]]) => `${key} ${y.toFixed(DECIMALS)}, ${x.toFixed(DECIMALS)}`).join('\n');
  choose(fields, 'each', fields.points);
}

function shift(fields, from, to) {
  const [east, north] = metresBetween(from, to);
  fields.east.value = Math.round(east);
  fields.north.value = Math.round(north);
  choose(fields, 'shift', fields.east);
}

function choose(fields, way, field) {
  const choice = [...fields.correction].find(({ value }) => value === way);
  if (choice) choice.checked = true;
  field.closest('details').open = true;
}

/** Between pressing and letting go, with Shift held, a box of the map is meant. */
function drawBox(map, picked) {
  let from = null;
  map.on('mousedown', (event) => {
    if (!event.originalEvent.shiftKey) return;
    from = event.lngLat;
    map.dragPan.disable();
  });
  map.on('mouseup', ({ lngLat }) => {
    if (!from) return;
    const [west, east] = [from.lng, lngLat.lng].sort((a, b) => a - b);
    const [south, north] = [from.lat, lngLat.lat].sort((a, b) => a - b);
    from = null;
    map.dragPan.enable();
    picked(({ dataset: { lon, lat } }) => lon >= west && lon <= east && lat >= south && lat <= north);
  });
}

/** The button that leaves only those of the list that stand on the part of the map one sees. */
function narrow(element, map) {
  const button = element.querySelector('[data-do="here"]');
  if (!button) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    const box = map.getBounds().toArray().flat();
    const address = new URL(element.dataset.here, location.href);
    address.searchParams.set('box', box.map((side) => side.toFixed(5)).join(','));
    location.assign(address);
  });
}
