// TopoJSON to GeoJSON: shared borders are stored once, as arcs of quantized steps.
// github.com/topojson/topojson-specification

/** One object of a topology as a FeatureCollection of Polygons and MultiPolygons. */
export function features(topology, name) {
  const arcs = decoded(topology);
  const ring = (indices) => unwrapped(joined(indices, arcs));
  const shapes = {
    Polygon: (shape) => ({ type: 'Polygon', coordinates: shape.arcs.map(ring) }),
    MultiPolygon: (shape) => ({ type: 'MultiPolygon', coordinates: shape.arcs.map((part) => part.map(ring)) }),
  };
  return {
    type: 'FeatureCollection',
    features: topology.objects[name].geometries
      .filter((shape) => shape.type in shapes)
      .map((shape) => ({ type: 'Feature', properties: shape.properties, geometry: shapes[shape.type](shape) })),
  };
}

function decoded({ arcs, transform: { scale, translate } }) {
  return arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]) => {
      x += dx;
      y += dy;
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
  });
}

function joined(indices, arcs) {
  return indices.flatMap((index, i) => {
    const arc = index < 0 ? arcs[~index].toReversed() : arcs[index];
    return i === 0 ? arc : arc.slice(1);
  });
}

/** A ring that runs on beyond 180 degrees instead of jumping across the whole map; none around a pole. */
function unwrapped(ring) {
  let turns = 0;
  const along = ring.map(([x, y], i) => {
    const step = i ? x - ring[i - 1][0] : 0;
    if (Math.abs(step) > 180) turns -= Math.sign(step);
    return [x + 360 * turns, y];
  });
  return turns === 0 ? along : ring;
}
