// What becomes of areas from one release to another, as the colour of each on the map.

/** The layer over the ground, under the borders; none where the page tells of no change. */
export function changeLayers({ changes }, colour) {
  const shades = Object.entries(changes?.shades ?? {});
  if (!shades.length) return [];
  const pairs = shades.flatMap(([pcode, token]) => [pcode, colour(token)]);
  const area = { source: `areas-${changes.level}`, 'source-layer': 'areas' };
  const fill = ['match', ['get', 'pcode'], ...pairs, 'rgba(0, 0, 0, 0)'];
  return [{ id: 'changes', type: 'fill', ...area, paint: { 'fill-color': fill, 'fill-opacity': 0.8 } }];
}
