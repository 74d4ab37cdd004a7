// Metres between places that are near each other, on the WGS 84 ellipsoid.

/** How many metres east and north the one place [longitude, latitude] lies of the other. */
export function metresBetween([lon, lat], [toLon, toLat]) {
  const [east, north] = metresOfDegree((lat + toLat) / 2);
  return [(toLon - lon) * east, (toLat - lat) * north];
}

/** The metres of a degree of longitude and of latitude, at a latitude: the usual series of the meridian. */
function metresOfDegree(lat) {
  const at = (times) => Math.cos((times * lat * Math.PI) / 180);
  const east = 111_412.84 * at(1) - 93.5 * at(3) + 0.118 * at(5);
  const north = 111_132.954 - 559.822 * at(2) + 1.175 * at(4);
  return [east, north];
}
