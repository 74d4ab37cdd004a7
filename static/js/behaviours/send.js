// data-module="send": a file field whose form is sent as soon as a file was chosen.

export function start(field) {
  field.addEventListener('change', () => field.files.length && field.form.requestSubmit());
}
