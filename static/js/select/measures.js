// The bar over the map: area and corners of what is drawn, live, and which ways back there are.

import { areaKm2 } from '../geodesy.js';

export function showMeasures(bar, rings, features, draw, words) {
  const part = (name) => bar.querySelector(`[data-part="${name}"]`);
  const language = document.documentElement.lang;
  const km2 = rings.reduce((sum, ring) => sum + areaKm2([ring]), 0);
  const open = features.some(({ properties }) => properties.currentlyDrawing);

  part('area').textContent = written(km2, language);
  part('corners').textContent = rings.reduce((sum, ring) => sum + ring.length, 0).toLocaleString(language);
  const several = rings.length > 1 ? words.several.replace('{count}', rings.length) : '';
  part('state').textContent = open ? words.open : several;
  bar.querySelector('[data-do="undo"]').disabled = !draw.canUndo();
  bar.querySelector('[data-do="redo"]').disabled = !draw.canRedo();
  bar.querySelector('[data-do="discard"]').disabled = !features.length;
  bar.querySelector('[data-do="another"]').disabled = !features.length || open;
}

/** Square kilometres to three figures where they are few, in the reader's language. */
export function written(km2, language) {
  const digits = km2 >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 };
  return new Intl.NumberFormat(language, digits).format(km2);
}
