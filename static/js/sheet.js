// The situation map on its own (registry/documents/situation_map.py): what it is about fills its frame, on any
// screen and on paper. A classic script, for it is written into a page that is opened from disk.

function keepInView(map, { box, words }) {
  const fit = () => {
    map.invalidateSize({ animate: false, pan: false });
    map.setMinZoom(0);
    map.fitBounds(box, { animate: false, padding: [12, 12] });
    map.setMinZoom(map.getZoom()); // farther away there is nothing to see
  };
  const onPaper = (is) => () => {
    document.body.classList.toggle('paper', is); // the map takes its size on paper while it is still measured
    fit();
  };
  L.control.zoom({ position: 'bottomright', zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  L.control.scale({ imperial: false, maxWidth: 120 }).addTo(map);
  addEventListener('beforeprint', onPaper(true));
  addEventListener('afterprint', onPaper(false));
  fit();
}
