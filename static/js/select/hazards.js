// Other hazards beside the one on the map: a row for each, with a threshold in any unit of its measure. A change is
// announced as "hazards" with {others: [{release, least}], together}.

const MOST = 3; // beside the one on the map

export function start(section) {
  const list = section.querySelector('[data-part="hazards"]');
  const add = section.querySelector('[data-do="add-hazard"]');
  const together = section.querySelector('[data-part="together"]');

  const changed = () => {
    together.hidden = list.children.length === 0;
    add.disabled = list.children.length >= MOST;
    const chosen = together.querySelector('input:checked').value;
    const others = [...list.children].map(hazardOf);
    section.dispatchEvent(new CustomEvent('hazards', { bubbles: true, detail: { others, together: chosen } }));
  };
  const meet = (row) => {
    const field = row.querySelector('[data-part="least"]');
    const unit = row.querySelector('[data-part="unit"]');
    row.querySelector('[data-part="release"]').addEventListener('change', () => {
      measure(row);
      field.value = usual(row);
      changed();
    });
    unit.addEventListener('change', () => {
      field.value = round(inOwn(field.value, row.dataset.factor) / factor(unit));
      row.dataset.factor = factor(unit);
    });
    field.addEventListener('input', () => field.validity.valid && changed());
    row.querySelector('[data-do="drop-hazard"]').addEventListener('click', () => {
      row.remove();
      changed();
      add.focus();
    });
    measure(row);
  };

  for (const row of list.children) meet(row);
  add.addEventListener('click', () => {
    list.append(section.querySelector('template').content.cloneNode(true));
    const row = list.lastElementChild;
    meet(row);
    row.querySelector('[data-part="least"]').value = usual(row);
    row.querySelector('select').focus();
    changed();
  });
  together.addEventListener('change', changed);
  add.disabled = list.children.length >= MOST;
}

/** The hazard of a row, its threshold in the unit of the release. */
function hazardOf(row) {
  const { value } = row.querySelector('[data-part="least"]');
  const least = value === '' || chosen(row).dataset.units === '[]' ? null : inOwn(value, row.dataset.factor);
  return { release: chosen(row).value, least };
}

const chosen = (row) => row.querySelector('[data-part="release"]').selectedOptions[0];
const usual = (row) => chosen(row).dataset.usual;
const factor = (unit) => Number(unit.value);
const inOwn = (value, each) => round(Number(value) * Number(each));
const round = (value) => Number(value.toPrecision(6));

/** Offer the units of what a row's release measures; of what has none there is no threshold. */
function measure(row) {
  const { units, side } = chosen(row).dataset;
  const offered = JSON.parse(units);
  const unit = row.querySelector('[data-part="unit"]');
  unit.replaceChildren(...offered.map(([word, each]) => new Option(word, each)));
  row.dataset.factor = offered[0]?.[1] ?? 1;
  row.querySelector('[data-part="from"]').hidden = offered.length === 0;
  row.querySelector('[data-part="side"]').textContent = side;
}
