// Drawing without a mouse: corners typed as latitude and longitude, one a line, areas apart by an empty line.

import { crossesItself } from '../geodesy.js';
import { boundsOf } from '../map/link.js';
import { readRings, writeRings } from '../map/place.js';
import { showBox } from '../map/room.js';

export function startCoordinates(parts, drawing) {
  const { element, question, words, changed } = parts;
  const form = element.querySelector('[data-part="coordinates"]');
  const [text, error] = [form.querySelector('textarea'), form.querySelector('.error')];

  form.closest('details').addEventListener('toggle', () => (text.value = writeRings(question.rings)));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const { rings, wrong } = readRings(text.value);
    error.textContent = refusal(rings, wrong, words);
    error.hidden = !error.textContent;
    if (error.textContent) return;
    question.rings = rings;
    drawing.set(rings);
    drawing.listen(true);
    changed();
    if (rings.length && parts.live) showBox(parts.live.map, boundsOf([{ coordinates: rings }]), { maxZoom: 13 });
  });
}

function refusal(rings, wrong, words) {
  if (wrong.length) return words.bad_lines.replace('{lines}', wrong.join(', '));
  if (rings.some((ring) => ring.length < 3)) return words.few_corners;
  if (rings.some((ring) => crossesItself([...ring, ring[0]]))) return words.crossing;
  return '';
}
