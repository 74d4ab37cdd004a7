// data-module="episodes": the releases of an event on a line of time (macro `episodes`). The slider shows a
// release on the map at once; when it rests, the page goes to that release, with the place looked at kept.

import { addressOf } from '../state.js';
import { changeRelease } from './hazard.js';
import { mapOf } from './map.js';
import { sortPeople } from './people.js';
import { palette } from './tokens.js';

const RESTS = 700; // ms without another step
const HELD = 'episodes'; // that the slider had the focus when the page was left

export function start(strip) {
  const range = strip.querySelector('input');
  const line = JSON.parse(strip.querySelector('[data-part="line"]').textContent);
  const first = range.valueAsNumber;
  let wait;
  const rest = (after) => {
    clearTimeout(wait);
    if (range.valueAsNumber !== first) wait = setTimeout(() => go(line[range.valueAsNumber]), after);
  };
  range.addEventListener('input', () => {
    say(strip, range, line);
    show(strip, line[range.valueAsNumber]);
    clearTimeout(wait);
  });
  range.addEventListener('change', () => rest(RESTS));
  range.addEventListener('blur', () => rest(0));
  if (sessionStorage.getItem(HELD)) range.focus({ preventScroll: true });
  sessionStorage.removeItem(HELD);
}

function say(strip, range, line) {
  const at = range.valueAsNumber;
  range.setAttribute('aria-valuetext', line[at].says);
  strip.querySelector('[data-part="says"]').textContent = line[at].says;
  strip.querySelectorAll('.at').forEach((dot, n) => dot.classList.toggle('now', n === at));
  strip.querySelectorAll('li').forEach((item, n) => item.toggleAttribute('aria-current', n === at));
}

async function show(strip, { release, asked }) {
  const drawn = await mapOf(document.getElementById(strip.dataset.map));
  if (!drawn) return; // no WebGL: the page is gone to all the same
  const { map, settings } = drawn;
  changeRelease(map, settings, release, palette());
  if (settings.households?.look !== 'status') return;
  const by = asked ? { release: release.id, at_least: release.at_least } : { release: null, at_least: null };
  Object.assign(settings.households, by);
  sortPeople(map, settings.households);
}

function go({ href }) {
  sessionStorage.setItem(HELD, 'yes');
  location.assign(addressOf(href, location));
}
