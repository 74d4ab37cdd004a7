// data-module="picking-places" data-map="ID": the places of a work list on its map. A tap on a point ticks its row;
// with Shift, a box is drawn and ticks all in it. data-here is the list's address, asked for a part of the map.

import { mapOf } from '../map/map.js';
import { onSchemeChange, palette } from '../map/tokens.js';

const RADIUS = 6; // pixels

export async function start(element) {
  const rows = [...document.querySelectorAll('#places tr[data-lon]')];
  const live = await mapOf(document.getElementById(element.dataset.map));
  if (!live || !rows.length) return;
  const { map } = live;
  map.addSource('places', { type: 'geojson', data: points(rows) });
  const layer = { id: 'places', source: 'places', type: 'circle', metadata: { ticks: true } };
  map.addLayer({ ...layer, paint: paint() }, 'pin-accuracy');
  onSchemeChange(() => Object.entries(paint()).forEach(([name, value]) => map.setPaintProperty('places', name, value)));
  const show = () => map.getSource('places').setData(points(rows));
  map.on('mouseenter', 'places', () => (map.getCanvas().style.cursor = 'pointer'));
  map.on('mouseleave', 'places', () => (map.getCanvas().style.cursor = ''));
  map.on('click', 'places', ({ features }) => {
    const box = tick(rows[features[0].properties.row]);
    if (box) box.checked = !box.checked;
    show();
  });
  for (const row of rows) tick(row)?.addEventListener('change', show);
  map.boxZoom.disable();
  drawBox(map, (inside) => {
    for (const row of rows.filter(inside)) if (tick(row)) tick(row).checked = true;
    show();
  });
  narrow(element, map);
}

const tick = (row) => row.querySelector('input[name="number"]');

function points(rows) {
  const features = rows.map((row, at) => ({
    type: 'Feature',
    properties: { row: at, picked: Boolean(tick(row)?.checked) },
    geometry: { type: 'Point', coordinates: [Number(row.dataset.lon), Number(row.dataset.lat)] },
  }));
  return { type: 'FeatureCollection', features };
}

function paint() {
  const colour = palette();
  return {
    'circle-radius': RADIUS,
    'circle-color': ['case', ['get', 'picked'], colour('--accent'), colour('--surface')],
    'circle-stroke-color': colour('--people'),
    'circle-stroke-width': 2,
  };
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
