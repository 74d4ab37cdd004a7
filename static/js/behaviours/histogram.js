// data-module="histogram": the number field and the slider on the histogram, kept in step. Bars below the
// value pale, also those of a later answer. A change is announced as "threshold" with the number, while it is dragged and when it is typed.

export function start(clause) {
  const field = clause.querySelector('input[type="number"]');
  const range = clause.querySelector('input[type="range"]');
  const picture = clause.querySelector('.hist');

  const show = (value) => {
    const [least, most] = [Number(range.min), Number(range.max)];
    const shown = Math.min(Math.max(value, least), most);
    picture.style.setProperty('--at', `${(100 * (shown - least)) / (most - least)}%`);
    range.setAttribute('aria-valuetext', clause.dataset.said.replace('{value}', value));
    for (const bin of picture.querySelectorAll('.bin')) bin.classList.toggle('below', Number(bin.dataset.from) < value);
  };
  const changed = (value) => {
    show(value);
    clause.dispatchEvent(new CustomEvent('threshold', { bubbles: true, detail: value }));
  };
  range.addEventListener('input', () => {
    field.value = range.value;
    changed(Number(range.value));
  });
  field.addEventListener('input', () => {
    if (field.value === '' || !field.validity.valid) return;
    range.value = field.value;
    changed(Number(field.value));
  });
  show(Number(field.value));
}
