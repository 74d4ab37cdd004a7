// The map and its table light one another: the area under the pointer is told to the page, and the area of a
// row is lit on the map. `markAreas` does the drawing.

import { showBox } from './room.js';
import { markAreas } from './selection.js';

export function linkAreas(element, map, settings) {
  const lit = (pcode) => markAreas(map, settings.levels, 'lit', pcode ? [pcode] : []);
  let last = null;

  map.on('mousemove', ({ point }) => {
    const pcode = areaAt(map, settings, point)?.properties.pcode ?? null;
    if (pcode === last) return;
    last = pcode;
    lit(tabled(pcode) ? pcode : null);
    element.dispatchEvent(new CustomEvent('pointed', { detail: pcode }));
  });
  map.on('mouseout', () => {
    last = null;
    lit(null);
    element.dispatchEvent(new CustomEvent('pointed', { detail: null }));
  });
  element.addEventListener('lit', ({ detail }) => lit(detail));
  element.addEventListener('go', ({ detail }) => goTo(map, settings, detail));
}

/** The finest area drawn at a point of the screen, or at a level. */
export function areaAt(map, { levels }, point, level = null) {
  const ids = levels.map((area) => area.level).filter((each) => level === null || each === level);
  const layers = ids.toReversed().map((each) => `reach-${each}`).filter((id) => map.getLayer(id));
  const found = map.queryRenderedFeatures(point, { layers });
  return found.sort((a, b) => levelOf(b) - levelOf(a))[0];
}

const levelOf = (feature) => Number(feature.source.replace('areas-', ''));
const tabled = (pcode) => pcode && document.querySelector(`tr[data-area="${CSS.escape(pcode)}"]`);

/** Move to an area whose parts are loaded. */
function goTo(map, { levels }, pcode) {
  const filter = ['==', ['get', 'pcode'], pcode];
  const found = { sourceLayer: 'areas', filter };
  const parts = levels.flatMap(({ level }) => map.querySourceFeatures(`areas-${level}`, found));
  const box = boundsOf(parts.map((part) => part.geometry));
  if (box) showBox(map, box, { maxZoom: 13 }, { keep: true });
}

/** [west, south, east, north] of geometries, or null of none. */
export function boundsOf(geometries) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (coordinates) => {
    if (typeof coordinates[0] !== 'number') return coordinates.forEach(take);
    const [lon, lat] = coordinates;
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  };
  for (const { coordinates } of geometries) take(coordinates);
  return Number.isFinite(box[0]) ? box : null;
}
