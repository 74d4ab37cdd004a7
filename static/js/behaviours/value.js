// data-module="value" data-map="ID" data-from="ADDRESS": says the value of the hazard under the pointer, or where the
// map was last clicked, in place of the sentence that stands in the element.

import { mapOf } from '../map/map.js';

const REST = 120; // ms the pointer has to rest

export async function start(element) {
  const drawn = await mapOf(document.getElementById(element.dataset.map));
  if (!drawn) return;
  const said = element.querySelector('span');
  const written = new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 6 });
  let wait;
  let last;
  const ask = ({ lngLat }) => {
    clearTimeout(wait);
    wait = setTimeout(async () => {
      last?.abort();
      last = new AbortController();
      const at = `${element.dataset.from}?lon=${lngLat.wrap().lng.toFixed(6)}&lat=${lngLat.lat.toFixed(6)}`;
      const answer = await fetch(at, { signal: last.signal }).catch(() => null); // another place is asked by now
      if (answer?.ok) said.textContent = inWords(await answer.json(), written);
    }, REST);
  };
  drawn.map.on('mousemove', ask);
  drawn.map.on('click', ask);
}

function inWords({ value, unit, says }, written) {
  const figure = value === null ? '' : [written.format(value), unit].filter(Boolean).join(' ');
  return [figure, says].filter(Boolean).join(', ');
}
