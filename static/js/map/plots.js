// The land that is held, on the map: plots as they lie from street zoom on, before that, and for who may not see
// exact places at any zoom, circles as large as there are many.

const SOURCE = 'plots';
const LARGEST = 9; // px
const FULL = 200; // plots in a cell whose circle is the largest

/** Source of the plots. */
export function plotSources({ plots }) {
  if (!plots) return {};
  const tiles = [`${location.origin}/tiles/plots/{z}/{x}/{y}.mvt`];
  return { [SOURCE]: { type: 'vector', tiles, maxzoom: 15 } };
}

/** Layers of the plots, over the hazard and under the people. */
export function plotLayers({ plots }, colour) {
  if (!plots) return [];
  const of = (id, type, kind, paint) => ({
    id, type, source: SOURCE, 'source-layer': SOURCE, filter: ['==', ['geometry-type'], kind], paint,
  });
  const many = ['sqrt', ['min', 1, ['/', ['to-number', ['get', 'n'], 0], FULL]]];
  return [
    of('plots-fill', 'fill', 'Polygon', { 'fill-color': colour('--people'), 'fill-opacity': 0.18 }),
    of('plots-line', 'line', 'Polygon', { 'line-color': colour('--people'), 'line-width': 1.4 }),
    of('plots-cells', 'circle', 'Point', {
      'circle-radius': ['max', 4, ['*', LARGEST, many]],
      'circle-color': colour('--people'),
      'circle-opacity': 0.75,
      'circle-stroke-color': colour('--surface'),
      'circle-stroke-width': 0.9,
    }),
  ];
}
