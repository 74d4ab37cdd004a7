// The situation map on its own (registry/documents/situation_map.py): what it is about fills its frame, on any
// screen and on paper. A classic script, for it is written into a page that is opened from disk.

function keepInView(map, { box, words }) {
  const around = map.options.maxBounds;
  const fit = () => {
    map.setMaxBounds(null).setMinZoom(0); // or the map would still be gliding back into them from its old size
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(box, { animate: false, padding: [12, 12] });
    map.setMaxBounds(around).setMinZoom(map.getZoom()); // beyond there is nothing to see
  };
  const onPaper = (is) => () => {
    document.body.classList.toggle('paper', is); // the map takes its size on paper while it is still measured
    fit();
  };
  L.control.zoom({ position: 'bottomright', zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  L.control.scale({ imperial: false, maxWidth: 120 }).addTo(map);
  map.on('moveend', () => leaveOutCutNames(map.getContainer()));
  addEventListener('beforeprint', onPaper(true));
  addEventListener('afterprint', onPaper(false));
  fit();
}

function leaveOutCutNames(container) {
  const frame = container.getBoundingClientRect();
  for (const name of container.querySelectorAll('.name span')) {
    const { left, right, top, bottom } = name.getBoundingClientRect();
    const whole = left >= frame.left && right <= frame.right && top >= frame.top && bottom <= frame.bottom;
    name.classList.toggle('cut', !whole);
  }
}
