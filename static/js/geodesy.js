// Measures on the earth, for what is drawn on the map. Coordinates are [longitude, latitude] in degrees,
// WGS 84. The server measures again, exactly; these figures follow the pointer.

const FLATTENING = 1 / 298.257223563;
const ECCENTRICITY = Math.sqrt(FLATTENING * (2 - FLATTENING));
const AUTHALIC_RADIUS = 6_371_007.1809; // m: the sphere with the area of the WGS 84 ellipsoid
const POLE = authalicTerm(1);

/**
 * The area of a polygon in square kilometres, holes taken off.
 *
 * Latitudes are carried to the authalic sphere, which keeps areas (Snyder, Map Projections - A Working
 * Manual, 1987, eq. 3-11 and 3-12); there each side adds the spherical excess between it and the equator. Sides
 * are great circles: within 0.01 % of the geodesic area for sides up to 500 km.
 *
 * @param {number[][][]} polygon rings of positions, the first the outer one; closed or not
 */
export function areaKm2([outer, ...holes]) {
  const inside = Math.abs(excess(outer));
  const left = holes.reduce((sum, hole) => sum + Math.abs(excess(hole)), 0);
  return ((inside - left) * AUTHALIC_RADIUS ** 2) / 1e6;
}

function excess(ring) {
  let sum = 0;
  ring.forEach(([lon, lat], i) => {
    const [lon2, lat2] = ring[(i + 1) % ring.length];
    const turn = Math.tan(radians(wrapped(lon2 - lon)) / 2);
    const [a, b] = [Math.tan(authalic(lat) / 2), Math.tan(authalic(lat2) / 2)];
    sum += 2 * Math.atan2(turn * (a + b), 1 + a * b);
  });
  return sum;
}

function authalic(lat) {
  return Math.asin(Math.max(-1, Math.min(1, authalicTerm(Math.sin(radians(lat))) / POLE)));
}

function authalicTerm(sine) {
  const es = ECCENTRICITY * sine;
  const log = Math.log((1 - es) / (1 + es)) / (2 * ECCENTRICITY);
  return (1 - ECCENTRICITY ** 2) * (sine / (1 - es * es) - log);
}

const radians = (degrees) => (degrees * Math.PI) / 180;
const wrapped = (degrees) => ((((degrees + 180) % 360) + 360) % 360) - 180;

/**
 * Whether a line crosses or touches itself other than in neighbouring corners.
 *
 * @param {number[][]} line positions; of a ring, the first repeated at the end
 */
export function crossesItself(line) {
  const sides = line.slice(1).map((end, i) => [line[i], end]);
  const closed = line.length > 2 && same(line[0], line.at(-1));
  return sides.some((side, i) =>
    sides.slice(i + 1).some((other, k) => {
      const neighbours = k === 0 || (closed && i === 0 && i + k + 1 === sides.length - 1);
      return neighbours ? foldsBack(side, other) : meet(side, other);
    }),
  );
}

const same = ([a, b], [c, d]) => a === c && b === d;

/** Twice the signed area of the triangle: above 0 where c lies left of the way from a to b. */
const side = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

const onSide = (a, b, c) =>
  Math.min(a[0], b[0]) <= c[0] && c[0] <= Math.max(a[0], b[0]) &&
  Math.min(a[1], b[1]) <= c[1] && c[1] <= Math.max(a[1], b[1]);

function meet([a, b], [c, d]) {
  const [s1, s2, s3, s4] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  if (s1 * s2 < 0 && s3 * s4 < 0) return true;
  return (
    (s1 === 0 && onSide(a, b, c)) || (s2 === 0 && onSide(a, b, d)) ||
    (s3 === 0 && onSide(c, d, a)) || (s4 === 0 && onSide(c, d, b))
  );
}

function foldsBack([a, b], [c, d]) {
  const [from, corner, to] = same(b, c) ? [a, b, d] : [b, a, c];
  if (side(from, corner, to) !== 0) return false;
  const along = (from[0] - corner[0]) * (to[0] - corner[0]) + (from[1] - corner[1]) * (to[1] - corner[1]);
  return along > 0;
}

/** The corners of a ring without the repeated first one and without doubled ones. */
export function corners(ring) {
  const open = ring.filter((position, i) => i === 0 || !same(position, ring[i - 1]));
  return open.length > 1 && same(open[0], open.at(-1)) ? open.slice(0, -1) : open;
}
