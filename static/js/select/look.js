// How a drawing looks: accent line over a light casing, white corners with an accent edge, small filled
// midpoints; what is not closed yet is dashed.

const SOURCE = 'drawn';

/** Colours of a polygon that is being drawn. Its line is the underlay's, so that the open part can be dashed. */
export function drawingStyles(colour) {
  const accent = colour('--accent');
  return {
    fillColor: accent,
    fillOpacity: 0.07,
    outlineColor: accent,
    outlineWidth: 2.5,
    outlineOpacity: ({ properties }) => (properties.currentlyDrawing ? 0 : 1),
    coordinatePointColor: '#ffffff',
    coordinatePointWidth: 4.6,
    coordinatePointOutlineColor: accent,
    coordinatePointOutlineWidth: 2.2,
    closingPointColor: accent,
    closingPointWidth: 6,
    closingPointOutlineColor: '#ffffff',
    closingPointOutlineWidth: 2,
    snappingPointColor: accent,
    snappingPointWidth: 5,
    snappingPointOutlineColor: '#ffffff',
    snappingPointOutlineWidth: 1.5,
  };
}

/** Colours of a polygon whose corners are edited. */
export function editingStyles(colour) {
  const accent = colour('--accent');
  return {
    selectedPolygonColor: accent,
    selectedPolygonFillOpacity: 0.09,
    selectedPolygonOutlineColor: accent,
    selectedPolygonOutlineWidth: 2.5,
    selectionPointColor: '#ffffff',
    selectionPointWidth: 4.6,
    selectionPointOutlineColor: accent,
    selectionPointOutlineWidth: 2.2,
    midPointColor: accent,
    midPointWidth: 3,
    midPointOutlineColor: '#ffffff',
    midPointOutlineWidth: 1.2,
  };
}

/** Layers below terra-draw's own: the casing of every line, and the line of what is being drawn. */
export function addUnderlay(map, colour) {
  map.addSource(SOURCE, { type: 'geojson', data: collection([]) });
  const below = map.getLayersOrder().find((id) => id.startsWith('td-'));
  const line = (id, filter, paint) =>
    map.addLayer({ id, type: 'line', source: SOURCE, layout: { 'line-join': 'round' }, filter, paint }, below);
  const kind = (name) => ['==', ['get', 'kind'], name];
  const accent = { 'line-color': colour('--accent') };
  line('drawn-casing', true, { 'line-color': colour('--m-halo'), 'line-width': 5.5, 'line-opacity': 0.92 });
  line('drawn-path', kind('path'), { ...accent, 'line-width': 2.5 });
  line('drawn-open', kind('open'), { ...accent, 'line-width': 1.6, 'line-dasharray': [3, 2.4] });
}

/** Follow what is drawn. */
export function underlay(map, features) {
  map.getSource(SOURCE)?.setData(collection(features.flatMap(lines)));
}

function lines({ geometry, properties }) {
  const [ring] = geometry.coordinates;
  if (!properties.currentlyDrawing) return [lineOf('ring', ring)];
  const set = properties.committedCoordinateCount;
  return [lineOf('path', ring.slice(0, set)), lineOf('open', ring.slice(set - 1))].filter(
    (line) => line.geometry.coordinates.length > 1,
  );
}

const lineOf = (kind, coordinates) => ({
  type: 'Feature', properties: { kind }, geometry: { type: 'LineString', coordinates },
});
const collection = (features) => ({ type: 'FeatureCollection', features });
