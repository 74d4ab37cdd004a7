// data-module="placing" data-map="ID": of the places where a file may lie, the chosen one is written into the field
// of its coordinate system, and shown on the map.

import { mapOf } from '../map/map.js';
import { showBox } from '../map/room.js';

export async function start(form) {
  const choose = () => {
    const chosen = form.querySelector('[name="place"]:checked');
    if (chosen) form.elements.crs.value = chosen.value;
    return chosen;
  };
  const chosen = choose();
  const drawn = await mapOf(document.getElementById(form.dataset.map));
  const show = (place) => {
    if (!drawn || !place) return;
    const { features } = drawn.settings.shapes;
    const shape = features[Number(place.dataset.number)];
    drawn.map.getSource('shapes').setData({ type: 'FeatureCollection', features: [shape] });
    const [[west, south], , [east, north]] = shape.geometry.coordinates[0];
    const [w, s, e, n] = drawn.settings.bounds;
    showBox(drawn.map, [Math.min(w, west), Math.min(s, south), Math.max(e, east), Math.max(n, north)]);
  };
  form.addEventListener('change', ({ target }) => {
    if (target.name === 'place') show(choose());
  });
  show(chosen);
}
