// A shape from a file: the server reads it (GeoPackage, GeoJSON, zipped shapefile, KML) and answers GeoJSON; it
// becomes part of the question as it is, holes included.

import { sentenceOf } from '../behaviours/toasts.js';
import { boundsOf } from '../map/link.js';
import { showBox } from '../map/room.js';
import { post } from './answer.js';

export function startUploading(parts) {
  const { element, question, words, changed } = parts;
  const panel = element.querySelector('[data-part="shape"]');
  const input = panel.querySelector('input[type="file"]');
  const line = panel.querySelector('.file');
  const drop = panel.querySelector('[data-do="drop-shape"]');

  const show = () => (drop.hidden = !question.shapes.length);
  input.addEventListener('change', async () => {
    const [file] = input.files;
    if (!file) return;
    const form = new FormData();
    form.set('file', file);
    const answer = await post(element.dataset.shapes, form);
    const body = await answer.text();
    if (!answer.ok) {
      line.textContent = sentenceOf(body, answer.headers.get('content-type') ?? '');
      return;
    }
    question.shapes = polygonsOf(JSON.parse(body));
    line.textContent = words.shapes_read.replace('{count}', question.shapes.length).replace('{file}', file.name);
    show();
    changed();
    if (question.shapes.length && parts.live) showBox(parts.live.map, boundsOf(question.shapes), { maxZoom: 14 });
  });
  drop.addEventListener('click', () => {
    question.shapes = [];
    input.value = '';
    line.textContent = '';
    show();
    changed();
  });
  show();
}

/** The polygons of any GeoJSON. */
export function polygonsOf(geojson) {
  if (geojson.type === 'FeatureCollection') return geojson.features.flatMap(polygonsOf);
  if (geojson.type === 'Feature') return geojson.geometry ? polygonsOf(geojson.geometry) : [];
  return ['Polygon', 'MultiPolygon'].includes(geojson.type) ? [geojson] : [];
}
