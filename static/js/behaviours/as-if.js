// data-module="as-if" data-map="ID": what came in place of the histogram when a file was said to mean something else;
// the map is drawn as its part "release" says.

import { changeRelease } from '../map/hazard.js';
import { mapOf } from '../map/map.js';
import { palette } from '../map/tokens.js';

export async function start(element) {
  const drawn = await mapOf(document.getElementById(element.dataset.map));
  if (!drawn) return;
  const release = JSON.parse(element.querySelector('[data-part="release"]').textContent);
  changeRelease(drawn.map, drawn.settings, release, palette());
}
