// data-module="upload": a file, or several where the field takes them, may be dropped anywhere on the page; names
// and sizes are said before they are sent. With data-send="true" the form goes off at once.

export function start(zone) {
  const input = zone.querySelector('input[type="file"]');
  const line = zone.querySelector('.file');
  const taken = () => {
    const files = [...input.files];
    line.replaceChildren(...files.map(lineOf));
    if (files.length && zone.dataset.send) input.form.requestSubmit();
  };
  input.addEventListener('change', taken);
  dropAnywhere(zone, (files) => {
    input.files = input.multiple ? files : firstOf(files);
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

function lineOf(file) {
  const line = document.createElement('span');
  line.textContent = `${file.name}, ${sizeOf(file.size)}`;
  return line;
}

function firstOf([file]) {
  const one = new DataTransfer();
  one.items.add(file);
  return one.files;
}

function dropAnywhere(zone, take) {
  const page = document.body;
  const here = () => zone.isConnected && zone.offsetParent !== null;
  let depth = 0; // dragenter and dragleave fire for every element crossed
  const show = (shown) => {
    page.classList.toggle('dropping', shown);
    if (shown) page.dataset.drop = zone.dataset.drop;
  };
  page.addEventListener('dragenter', (event) => {
    if (!event.dataTransfer.types.includes('Files') || !here()) return;
    depth += 1;
    show(true);
  });
  page.addEventListener('dragleave', () => {
    depth = Math.max(0, depth - 1);
    if (!depth) show(false);
  });
  page.addEventListener('dragover', (event) => {
    if (here()) event.preventDefault();
  });
  page.addEventListener('drop', (event) => {
    depth = 0;
    show(false);
    if (!here() || !event.dataTransfer.files.length) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });
}

/** A file's size for people, in the page's language. */
export function sizeOf(bytes, language = document.documentElement.lang) {
  const steps = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  const step = Math.min(steps.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** step;
  const format = { style: 'unit', unit: steps[step], maximumFractionDigits: value < 10 && step ? 1 : 0 };
  return new Intl.NumberFormat(language, format).format(value);
}
