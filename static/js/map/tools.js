// What floats on the map and works: zoom, the whole event, layers, a place by its coordinates, the table, the
// scale. With the keyboard the map itself moves by arrows, + and -.

import { readPlace } from './place.js';
import { showBox } from './room.js';

const KINDS = { // layers of the style by what the panel calls them; a name stands for all that begin with it
  changes: ['changes'],
  hazard: ['hazard'],
  water: ['water'],
  unseen: ['unseen'],
  people: ['people'],
  areas: ['border-', 'country-casing'],
  labels: ['label-'],
};
const SCALE_WIDTH = 130; // px at most
const STEPS = [5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02]; // km

export function startTools(element, map, settings, words) {
  const acts = {
    'zoom-in': () => map.zoomIn({}, { keep: true }),
    'zoom-out': () => map.zoomOut({}, { keep: true }),
    whole: () => showBox(map, settings.bounds),
    layers: (button) => togglePanel(element, button),
  };
  element.addEventListener('click', (event) => {
    const button = event.target.closest('[data-do]');
    acts[button?.dataset.do]?.(button);
  });
  startPanel(element.querySelector('[data-part="layers"]'), map, words);
  startScale(element.querySelector('[data-part="scale"]'), map, words);
}

function togglePanel(element, button) {
  const panel = element.querySelector('[data-part="layers"]');
  panel.hidden = !panel.hidden;
  button.setAttribute('aria-expanded', String(!panel.hidden));
  if (!panel.hidden) panel.querySelector('input').focus();
}

/** The table that stands in for the map, and the way back; works without a map, too. */
export function startTable(element) {
  element.addEventListener('click', ({ target }) => {
    const button = target.closest('[data-do]');
    if (button?.dataset.do === 'map') button.closest('.twin').hidden = true;
    if (button?.dataset.do !== 'table') return;
    const table = document.getElementById(button.getAttribute('aria-controls'));
    table.hidden = false;
    table.scrollIntoView({ block: 'nearest' });
    table.focus();
  });
}

function startPanel(panel, map, words) {
  if (!panel) return;
  const error = panel.querySelector('.error');
  panel.addEventListener('change', ({ target }) => {
    if (target.name === 'layer') show(map, target.value, target.checked);
  });
  panel.addEventListener('submit', (event) => {
    event.preventDefault();
    const place = readPlace(panel.elements.place.value);
    error.hidden = place !== null;
    error.textContent = place ? '' : words.bad_place;
    if (place) map.easeTo({ center: place, zoom: Math.max(11, map.getZoom()) }, { keep: true });
  });
  panel.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') panel.hidden = true;
  });
  map.once('load', () => {
    for (const box of panel.querySelectorAll('[name="layer"]')) if (!box.checked) show(map, box.value, false);
  });
}

function show(map, kind, shown) {
  const starts = KINDS[kind] ?? [`${kind}-`]; // context layers bear the name of their box
  for (const id of map.getLayersOrder()) {
    if (!starts.some((start) => id.startsWith(start))) continue;
    map.setLayoutProperty(id, 'visibility', shown ? 'visible' : 'none');
  }
}

/** A rule of a round length, true in the middle of the map. */
function startScale(rule, map, words) {
  if (!rule) return;
  const draw = () => {
    const { lat } = map.getCenter();
    const kmPerPixel = (40_075.017 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** map.getZoom());
    const km = STEPS.find((step) => step / kmPerPixel <= SCALE_WIDTH) ?? STEPS.at(-1);
    rule.style.inlineSize = `${Math.round(km / kmPerPixel)}px`;
    const [figure, unit] = km < 1 ? [km * 1000, words.metres] : [km, words.kilometres];
    rule.textContent = `${new Intl.NumberFormat(document.documentElement.lang).format(figure)} ${unit}`;
  };
  map.on('move', draw);
  draw();
}
