// data-module="select": the question "which households?" on the page, its map and its address, kept in step.
// One question, three equal ways to set its place: draw, pick areas, upload a shape. The macro `ways` of
// templates/macros/select.html writes the element; its data-* say where the server listens.

import { mapOf } from '../map/map.js';
import { paleOutside, sortPeople } from '../map/people.js';
import { markAreas } from '../map/selection.js';
import { query, readQuestion, writeHazards, writeQuestion } from '../state.js';
import { Answers, multiPolygon } from './answer.js';
import { startCoordinates } from './coordinates.js';
import { Drafts } from './draft.js';
import { startDrawing } from './drawing.js';
import { startPicking } from './picking.js';
import { startUploading } from './uploading.js';

const SORT_AFTER = 250; // ms of rest before the map's people are sorted again

export async function start(element) {
  const asked = readQuestion(new URLSearchParams(location.search));
  const question = { ...asked, ...standing(element, asked), shapes: [] };
  const answers = new Answers(element);
  const drafts = new Drafts(element.dataset.drafts);
  const words = JSON.parse(element.querySelector('script[data-part="words"]').textContent);

  const changed = () => {
    if (parts.live) show(parts.live, question);
    answers.ask(question);
    drafts.keep(question, (code) => {
      question.draft = code;
      writeAddress(question);
    });
    element.querySelector('[data-part="combine"]').hidden = !(meetsAreas(question) && meetsShapes(question));
  };
  const parts = { element, live: null, question, words, changed }; // live: the map, once it has drawn
  const drawing = startDrawing(parts);
  startCoordinates(parts, drawing);
  const picking = startPicking(parts);
  startUploading(parts);
  startClause(parts);
  startHazards(parts);
  startCombining(parts);
  element.addEventListener('tab', ({ detail }) => followTab(parts, drawing, detail));

  await drafts.open(question);
  changed();
  mapOf(document.getElementById(element.dataset.map)).then((live) => live && meetMap(parts, live, drawing, picking));
}

/** The question was asked without waiting for the map; now it is shown there, and asked there too. */
function meetMap(parts, live, drawing, picking) {
  parts.live = live;
  drawing.meetMap();
  picking.meetMap();
  followTab(parts, drawing, wayOf(parts.element));
  show(live, parts.question);
  const { households } = live.settings;
  if (households && parts.question.least !== (households.at_least ?? null)) sortMap(live, parts.question);
}

/** What the page itself says, where the address is silent. */
function standing({ dataset }, asked) {
  const least = dataset.least === '' ? null : Number(dataset.least);
  return {
    event: asked.event || dataset.event,
    release: asked.release || dataset.release,
    least: asked.least ?? least,
  };
}

const meetsAreas = ({ areas }) => areas.length > 0;
const meetsShapes = ({ rings, shapes }) => rings.length + shapes.length > 0;
const wayOf = (element) => element.querySelector('[role="tab"][aria-selected="true"]').value;

function followTab({ live, element }, drawing, way) {
  if (!live) return;
  drawing.listen(way === 'draw');
  document.getElementById(element.dataset.map).classList.toggle('picking', way === 'pick');
  document.querySelector('[data-part="live"]').hidden = way !== 'draw';
  live.way = way;
}

function show({ map, settings }, question) {
  const { areas, without, shapes } = question;
  paleOutside(map, areas.length ? null : multiPolygon(question));
  markAreas(map, settings.levels, 'picked', areas);
  markAreas(map, settings.levels, 'without', without);
  const features = shapes.map((geometry) => ({ type: 'Feature', properties: {}, geometry }));
  map.getSource('shapes').setData({ type: 'FeatureCollection', features });
}

function writeAddress(question) {
  const params = writeQuestion(new URLSearchParams(location.search), question);
  history.replaceState(history.state, '', location.pathname + query(params));
}

function startClause(parts) {
  let wait;
  document.addEventListener('threshold', ({ detail }) => {
    parts.question.least = detail;
    parts.changed();
    if (!parts.live) return;
    parts.live.map.setGlobalStateProperty('least', detail);
    clearTimeout(wait);
    wait = setTimeout(() => sortMap(parts.live, parts.question), SORT_AFTER);
  });
}

/** Other hazards change who is in, and the address, but not what the map shows of the first one. */
function startHazards(parts) {
  let wait;
  document.addEventListener('hazards', ({ detail }) => {
    Object.assign(parts.question, detail);
    writeAddress(parts.question);
    parts.changed();
    if (!parts.live) return;
    clearTimeout(wait);
    wait = setTimeout(() => sortMap(parts.live, parts.question), SORT_AFTER);
  });
}

function sortMap({ map, settings }, question) {
  map.setGlobalStateProperty('least', question.least);
  const beside = Object.fromEntries(writeHazards(new URLSearchParams(), question));
  sortPeople(map, { ...settings.households, at_least: question.least, beside });
}

function startCombining({ element, question, changed }) {
  const choices = element.querySelector('[data-part="combine"]');
  for (const choice of choices.querySelectorAll('input')) choice.checked = choice.value === question.combine;
  choices.addEventListener('change', ({ target }) => {
    question.combine = target.value;
    changed();
  });
}
