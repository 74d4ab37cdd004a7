import assert from 'node:assert/strict';
import { test } from 'node:test';

import { metresBetween } from '../../static/js/map/metres.js';

// Expected: pyproj.Geod(ellps='WGS84').inv along the parallel and the meridian.
test('a way of a hundredth of a degree is told in metres east and north', () => {
  const [east, north] = metresBetween([121, 17], [121.01, 17.01]);
  assert.ok(Math.abs(east - 1064.83) < 0.5, east);
  assert.ok(Math.abs(north - 1106.7) < 0.5, north);
});

test('the other way round, and south of the equator, it is the other sign', () => {
  const [east, north] = metresBetween([36.8, -1.3], [36.79, -1.31]);
  assert.ok(Math.abs(east + 1112.91) < 0.5, east);
  assert.ok(Math.abs(north + 1105.75) < 0.5, north);
});
