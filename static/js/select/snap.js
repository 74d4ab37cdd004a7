// Snapping to borders: a corner set near a border of an area that is drawn on the map falls onto it.

const REACH = 12; // px

/** A snapping function for terra-draw: the nearest corner or point of a border, or nothing. */
export function snapTo(map, { levels }, on) {
  return (event) => {
    if (!on()) return undefined;
    const at = map.project([event.lng, event.lat]);
    const box = [[at.x - REACH, at.y - REACH], [at.x + REACH, at.y + REACH]];
    const layers = levels.map(({ level }) => `border-${level}`).filter((id) => map.getLayer(id));
    const borders = map.queryRenderedFeatures(box, { layers });
    const nearest = nearestOn(borders.flatMap(({ geometry }) => linesOf(geometry)), at, (place) => map.project(place));
    if (!nearest) return undefined;
    const { lng, lat } = map.unproject(nearest);
    return [lng, lat];
  };
}

function linesOf({ type, coordinates }) {
  if (type === 'Polygon' || type === 'MultiLineString') return coordinates;
  if (type === 'MultiPolygon') return coordinates.flat();
  return type === 'LineString' ? [coordinates] : [];
}

/** [x, y] of the nearest point on lines within reach, corners before sides; null of none. */
export function nearestOn(lines, at, project) {
  let [best, corner] = [null, null];
  const nearer = (found, x, y) => {
    const distance = Math.hypot(x - at.x, y - at.y);
    return distance <= REACH && (!found || distance < found.distance) ? { x, y, distance } : found;
  };
  for (const line of lines) {
    const pixels = line.map(project);
    pixels.forEach((pixel, i) => {
      corner = nearer(corner, pixel.x, pixel.y);
      if (i) best = nearer(best, ...footOn(pixels[i - 1], pixel, at));
    });
  }
  const found = corner && corner.distance <= REACH / 2 ? corner : best;
  return found ? [found.x, found.y] : null;
}

function footOn(a, b, at) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const share = length ? Math.max(0, Math.min(1, ((at.x - a.x) * dx + (at.y - a.y) * dy) / length)) : 0;
  return [a.x + share * dx, a.y + share * dy];
}
