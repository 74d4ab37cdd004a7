// Areas on the earth against GeographicLib (Karney 2013) by way of pyproj 3.7.2; crossings counted by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { areaKm2, corners, crossesItself } from '../../static/js/geodesy.js';

const box = (west, south, east, north) => [[west, south], [east, south], [east, north], [west, north]];
const PUBLISHED = [
  ['a town near Manila', box(120.9, 14.4, 121.2, 14.8), 1430.6088],
  ['a valley of Cagayan', [[121.4, 17.3], [122.3, 17.1], [122.0, 18.5], [121.2, 18.3]], 11972.5215],
  ['one degree at the equator', box(0, 0, 1, 1), 12308.7784],
  ['two degrees at Oslo', box(10, 59, 12, 61), 24862.7395],
  ['a triangle in the south', [[-70, -33], [-69, -33.5], [-69.5, -34.4]], 5934.7210],
  ['a box over the date line', box(179.5, -17, -179.5, -16), 11815.0197],
];

for (const [name, ring, km2] of PUBLISHED) {
  test(`the area of ${name} is within 0.01 % of the geodesic one`, () => {
    assert.ok(Math.abs(areaKm2([ring]) / km2 - 1) < 1e-4, `${areaKm2([ring])} against ${km2}`);
  });
}

test('a closed ring, and one drawn the other way round, have the same area', () => {
  const ring = box(10, 59, 12, 61);

  assert.equal(areaKm2([[...ring, ring[0]]]).toFixed(6), areaKm2([ring]).toFixed(6));
  assert.equal(areaKm2([[...ring].reverse()]).toFixed(6), areaKm2([ring]).toFixed(6));
});

test('a hole is taken off', () => {
  const outer = box(0, 0, 2, 2);
  const hole = box(0.5, 0.5, 1, 1);

  assert.equal(areaKm2([outer, hole]).toFixed(6), (areaKm2([outer]) - areaKm2([hole])).toFixed(6));
});

test('a line that turns without crossing is accepted', () => {
  assert.equal(crossesItself([[0, 0], [4, 0], [4, 4], [1, 4], [1, 1]]), false);
});

test('a line that crosses an earlier side is refused', () => {
  assert.equal(crossesItself([[0, 0], [4, 0], [4, 4], [2, -1]]), true);
});

test('a line that touches an earlier corner or side is refused', () => {
  assert.equal(crossesItself([[0, 0], [4, 0], [4, 4], [2, 0]]), true);
});

test('a line that runs back over itself is refused', () => {
  assert.equal(crossesItself([[0, 0], [4, 0], [2, 0]]), true);
});

test('a closed box is accepted and a bow tie refused', () => {
  assert.equal(crossesItself([[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]), false);
  assert.equal(crossesItself([[0, 0], [4, 4], [4, 0], [0, 4], [0, 0]]), true);
});

test('the corners of a ring leave out the closing one and doubled ones', () => {
  assert.deepEqual(corners([[0, 0], [4, 0], [4, 0], [4, 4], [0, 0]]), [[0, 0], [4, 0], [4, 4]]);
});
