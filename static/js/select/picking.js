// Picking areas: on the map by click at the level chosen, or by name or P-code in a field that offers what it
// finds (the combobox of the ARIA practices). What is picked stands as chips, each with its way out.

import { areaAt } from '../map/link.js';
import { startCombobox } from './combobox.js';

export function startPicking(parts) {
  const { element, question, changed } = parts;
  const level = element.querySelector('[data-part="level"]');
  const leaveOut = element.querySelector('[data-part="leave-out"]');
  const names = new Map();

  const toggle = ({ pcode, name }) => {
    names.set(pcode, name);
    const [into, other] = leaveOut.checked ? ['without', 'areas'] : ['areas', 'without'];
    const there = question[into].includes(pcode);
    question[into] = there ? question[into].filter((each) => each !== pcode) : [...question[into], pcode];
    question[other] = question[other].filter((each) => each !== pcode);
    showChips(parts, names);
    changed();
  };
  startCombobox(element.querySelector('[data-part="find"]'), element.dataset.search, toggle);
  element.querySelector('[data-part="chips"]').addEventListener('click', (event) => {
    const pcode = event.target.closest('button')?.value;
    if (!pcode) return;
    question.areas = question.areas.filter((each) => each !== pcode);
    question.without = question.without.filter((each) => each !== pcode);
    showChips(parts, names);
    changed();
  });
  nameAll(element.dataset.search, question, names).then(() => showChips(parts, names));
  return { meetMap: () => pickOnMap(parts.live, level, toggle) };
}

function pickOnMap(live, level, toggle) {
  const { map, settings } = live;
  const chosen = () => Number(level.value);
  const reveal = () => { // a level must be drawn to be pointed at, however far out
    for (const id of [`reach-${chosen()}`, `border-${chosen()}`]) map.setLayerZoomRange(id, 0, 24);
  };
  level.addEventListener('change', reveal);
  map.on('click', ({ point }) => {
    if (live.way !== 'pick') return;
    const area = areaAt(map, settings, point, chosen());
    if (area) toggle(area.properties);
  });
  reveal();
}

/** The names of areas that came with the address. */
async function nameAll(search, { areas, without }, names) {
  const find = async (pcode) => {
    const answer = await fetch(`${search}?${new URLSearchParams({ q: pcode })}`);
    const found = answer.ok ? await answer.json() : [];
    names.set(pcode, found.find((area) => area.pcode === pcode)?.name ?? pcode);
  };
  await Promise.all([...areas, ...without].map(find));
}

function showChips({ element, question, words }, names) {
  const chip = (pcode, out) => {
    const item = document.createElement('li');
    item.className = out ? 'chip out' : 'chip';
    const label = document.createElement('span');
    label.textContent = out ? words.left_out.replace('{area}', names.get(pcode)) : names.get(pcode);
    label.title = pcode;
    const close = element.querySelector('template[data-part="chip-close"]').content.firstElementChild.cloneNode(true);
    close.value = pcode;
    close.setAttribute('aria-label', words.take_away.replace('{area}', names.get(pcode)));
    item.append(label, close);
    return item;
  };
  const picked = question.areas.map((each) => chip(each, false));
  const chips = [...picked, ...question.without.map((each) => chip(each, true))];
  element.querySelector('[data-part="chips"]').replaceChildren(...chips);
}
