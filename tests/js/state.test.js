// The address and back: whatever is asked comes back from its address the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decode, encode } from '../../static/js/polyline.js';
import { addressOf, needsDraft, query, readQuestion, readView, writeQuestion, writeView } from '../../static/js/state.js';

/** Numbers that are the same in every run: a linear congruential generator (Lehmer 1951). */
function dice(seed) {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const NOTHING = { event: '', release: '', least: null, others: [], together: 'all_of', areas: [], without: [], rings: [], draft: '', combine: 'union' };

function anyHazards(random) {
  const hazard = () => ({ release: String(Math.floor(random() * 100)), least: random() < 0.5 ? 24.7222 : null });
  const others = Array.from({ length: Math.floor(random() * 4) }, hazard);
  return { others, together: others.length && random() < 0.5 ? 'worst_of' : 'all_of' };
}

function anyQuestion(random) {
  const some = (most, make) => Array.from({ length: Math.floor(random() * (most + 1)) }, make);
  const position = () => [Math.round((random() * 360 - 180) * 1e5) / 1e5, Math.round((random() * 180 - 90) * 1e5) / 1e5];
  const code = () => `KS${String(Math.floor(random() * 1e6)).padStart(6, '0')}`;
  return {
    event: random() < 0.5 ? 'oru-2026' : '',
    release: random() < 0.5 ? String(Math.floor(random() * 100)) : '',
    ...anyHazards(random),
    least: random() < 0.5 ? Math.round(random() * 300) / 100 : null,
    areas: [...new Set(some(5, code))],
    without: [...new Set(some(2, code))],
    rings: some(3, () => [[0, 0], [1, 1], ...some(6, position), [2, 2]]),
    draft: '',
    combine: random() < 0.5 ? 'union' : 'intersection',
  };
}

test('the published example of the polyline format', () => {
  const places = [[-120.2, 38.5], [-120.95, 40.7], [-126.453, 43.252]];

  assert.equal(encode(places), '_p~iF~ps|U_ulLnnqC_mqNvxq`@');
  assert.deepEqual(decode('_p~iF~ps|U_ulLnnqC_mqNvxq`@'), places);
});

test('any positions come back from their text to five decimals', () => {
  const random = dice(7);
  for (let turn = 0; turn < 300; turn++) {
    const places = Array.from({ length: 1 + Math.floor(random() * 20) }, () => [random() * 360 - 180, random() * 180 - 90]);

    const back = decode(encode(places));

    assert.equal(back.length, places.length);
    back.forEach(([lon, lat], i) => {
      assert.ok(Math.abs(lon - places[i][0]) <= 0.5e-5 + 1e-9 && Math.abs(lat - places[i][1]) <= 0.5e-5 + 1e-9);
    });
  }
});

test('a text that is no polyline is no place', () => {
  for (const text of ['_', '_p~iF', 'a b', '~~~~~~~~~~~~', 'é', '_p~iF~ps|U_']) assert.equal(decode(text), null);
});

test('any question comes back from its address the same', () => {
  const random = dice(41);
  for (let turn = 0; turn < 500; turn++) {
    const question = anyQuestion(random);

    const address = query(writeQuestion(new URLSearchParams(), question));

    assert.deepEqual(readQuestion(new URLSearchParams(address)), question);
  }
});

test('an empty question leaves an empty address, and what is not ours stays', () => {
  assert.equal(query(writeQuestion(new URLSearchParams('areas=KS01'), NOTHING)), '');
  assert.equal(query(writeQuestion(new URLSearchParams('lang=ar'), NOTHING)), '?lang=ar');
});

test('an address made by hand is read with what is broken left out', () => {
  const question = readQuestion(new URLSearchParams('e=oru&min=deep&areas=KS01,,KS01,<b>&poly=_p~iF,zz&combine=none'));

  assert.deepEqual(question, { ...NOTHING, event: 'oru', areas: ['KS01'] });
});

test('fifty corners stand in the address, fifty-one need a draft', () => {
  const ring = (n) => Array.from({ length: n }, (_, i) => [Math.cos(i / n), Math.sin(i / n)]);

  assert.equal(needsDraft({ ...NOTHING, rings: [ring(20), ring(30)] }), false);
  assert.equal(needsDraft({ ...NOTHING, rings: [ring(21), ring(30)] }), true);
});

test('the closing corner is not counted and not written', () => {
  const open = [[0, 0], [4, 0], [4, 4]];
  const closed = [...open, [0, 0]];

  assert.equal(
    query(writeQuestion(new URLSearchParams(), { ...NOTHING, rings: [closed] })),
    query(writeQuestion(new URLSearchParams(), { ...NOTHING, rings: [open] })),
  );
});

test('a drawing kept as a draft is named, not spelled out', () => {
  const question = { ...NOTHING, draft: 'D4K9', rings: [[[0, 0], [4, 0], [4, 4]]] };

  assert.equal(query(writeQuestion(new URLSearchParams(), question)), '?draft=D4K9');
});

test('the view comes back from its address within half a pixel', () => {
  const random = dice(3);
  for (let turn = 0; turn < 300; turn++) {
    const view = { zoom: random() * 20, lat: random() * 160 - 80, lon: random() * 360 - 180 };

    const back = readView(writeView(new URLSearchParams(), view));

    const pixel = 360 / (512 * 2 ** view.zoom);
    assert.ok(Math.abs(back.lat - view.lat) < pixel && Math.abs(back.lon - view.lon) < pixel);
    assert.ok(Math.abs(back.zoom - view.zoom) <= 0.005 + 1e-9);
  }
});

test('a view that is none is not shown', () => {
  for (const at of ['', '5', '5/x/3', '99/1/1', '5/95/1', '5/1']) {
    assert.equal(readView(new URLSearchParams({ at })), null);
  }
});

test('another release is looked at where one is, without the threshold of the one before', () => {
  const here = new URL('https://h.example/select?r=3&min=0.5&areas=X1,X2&at=6/1/2&r2=9&min2=25');

  const to = addressOf('/select?r=4', here);
  assert.equal(to, '/select?r=4&areas=X1,X2&at=6/1/2&r2=9&min2=25');
  assert.equal(addressOf('/hazards/7', here), '/hazards/7?at=6/1/2');
  assert.equal(addressOf('/hazards/7', new URL('https://h.example/hazards/3')), '/hazards/7');
});
