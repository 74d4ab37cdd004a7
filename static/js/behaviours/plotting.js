// data-module="plotting" data-map="ID": the border of a plot. Taps on the map and a walk round it with the phone write
// its corners into the field `corners`, a line each, latitude first; the map shows what the field says.

import { mapOf } from '../map/map.js';
import { readPlace } from '../map/place.js';

const DECIMALS = 6; // of a degree: a tenth of a metre
const STEP = 4e-5; // degrees: some four metres between two positions of a walk
const WAIT = { enableHighAccuracy: true, timeout: 30_000, maximumAge: 0 };

export async function start(element) {
  const { corners, source, accuracy } = element.closest('form').elements;
  const status = element.querySelector('[role="status"]');
  const [walk, undo] = ['walk', 'undo'].map((name) => element.querySelector(`[data-do="${name}"]`));
  const places = () => corners.value.split('\n').map(readPlace).filter(Boolean);
  let live = null;
  const show = () => {
    const ring = places();
    undo.hidden = !ring.length;
    live?.map.getSource('shapes').setData(shapesOf(live.settings.shapes, ring));
  };
  const write = (ring, from) => {
    corners.value = ring.map(([lon, lat]) => `${lat.toFixed(DECIMALS)}, ${lon.toFixed(DECIMALS)}`).join('\n');
    source.value = from;
    show();
  };
  undo.addEventListener('click', () => write(places().slice(0, -1), source.value));
  corners.addEventListener('input', show);
  walkRound(walk, element, status, ({ coords }) => {
    const [ring, here] = [places(), [coords.longitude, coords.latitude]];
    accuracy.value = Math.max(Number(accuracy.value) || 0, Math.ceil(coords.accuracy || 0)) || '';
    if (isFar(ring.at(-1), here)) write([...ring, here], 'walked');
    live?.map.easeTo({ center: here });
    status.textContent = element.dataset.walking.replace('{corners}', places().length);
  });
  live = await mapOf(document.getElementById(element.dataset.map));
  live?.map.on('click', ({ lngLat: { lat, lng } }) => write([...places(), [lng, lat]], 'drawn'));
  show();
}

const isFar = (last, here) => !last || Math.hypot(last[0] - here[0], last[1] - here[1]) > STEP;

/** The plots that are known, and what is being drawn: a line until it has three corners. */
function shapesOf(known, ring) {
  const features = [...(known?.features ?? [])];
  if (ring.length > 1) {
    const geometry =
      ring.length > 2
        ? { type: 'Polygon', coordinates: [[...ring, ring[0]]] }
        : { type: 'LineString', coordinates: ring };
    features.push({ type: 'Feature', properties: {}, geometry });
  }
  return { type: 'FeatureCollection', features };
}

/** The button that begins and ends a walk; without a phone that knows where it is, it is not shown. */
function walkRound(button, element, status, found) {
  if (!navigator.geolocation) return;
  button.hidden = false;
  const words = button.querySelector('span');
  const begin = words.textContent;
  let watch = null;
  const stop = () => {
    navigator.geolocation.clearWatch(watch);
    watch = null;
    words.textContent = begin;
  };
  const fail = () => {
    stop();
    status.textContent = element.dataset.denied;
  };
  button.addEventListener('click', () => {
    if (watch !== null) return stop();
    words.textContent = element.dataset.stop;
    watch = navigator.geolocation.watchPosition(found, fail, WAIT);
  });
}
