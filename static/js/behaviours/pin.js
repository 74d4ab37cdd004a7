// data-module="pin" data-map="ID": the place of a form. A tap on the map, the phone's own position and the fields of
// latitude, longitude and accuracy all say the same: the fields are what is sent, the map shows what they say.

import { around } from '../map/selection.js';
import { mapOf } from '../map/map.js';

const DECIMALS = 6; // of a degree: a tenth of a metre
const NEAR = 17; // zoom
const SURE = 20; // metres: no better is waited for
const WAIT = { enableHighAccuracy: true, timeout: 30_000, maximumAge: 0 };
const EMPTY = { type: 'FeatureCollection', features: [] };

export async function start(element) {
  const { latitude, longitude, accuracy, source } = element.closest('form').elements;
  const said = element.querySelector('[role="status"]');
  const place = () => {
    const given = latitude.value.trim() && longitude.value.trim();
    const [lat, lon] = [latitude, longitude].map(({ value }) => Number(value.trim().replace(',', '.')));
    const there = given && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
    return there ? { lat, lon, accuracy: Number(accuracy.value) || 0 } : null;
  };
  let live = null;
  const show = () => {
    const pin = place();
    const shown = pin ?? live?.settings.pin; // until something is said, the place of today
    live?.map.getSource('pin').setData(shown ? around(shown) : EMPTY);
    return pin;
  };
  const write = ({ lat, lon, metres, from }) => {
    latitude.value = lat.toFixed(DECIMALS);
    longitude.value = lon.toFixed(DECIMALS);
    accuracy.value = metres;
    source.value = from;
    said.textContent = '';
    show();
  };
  for (const field of [latitude, longitude, accuracy]) field.addEventListener('change', show);
  measure(element, said, (found) => {
    write(found);
    live?.map.jumpTo({ center: [found.lon, found.lat], zoom: Math.max(NEAR, live.map.getZoom()) });
  });
  live = await mapOf(document.getElementById(element.dataset.map));
  live?.map.on('click', ({ point, lngLat: { lat, lng } }) => {
    const isTick = live.map.queryRenderedFeatures(point).some(({ layer }) => layer.metadata?.ticks);
    if (!isTick) write({ lat, lon: lng, metres: '', from: 'building' });
  });
  const pin = show();
  if (pin) live?.map.jumpTo({ center: [pin.lon, pin.lat], zoom: NEAR });
}

/** The button that asks the phone where it is; without a phone that knows, it is not shown. The phone is listened to
    until it is sure enough, or for half a minute: the first answer is often a street away. */
function measure(element, said, found) {
  const button = element.querySelector('button');
  if (!navigator.geolocation) return;
  button.hidden = false;
  let stop = () => {};
  button.addEventListener('click', () => {
    stop();
    let best = 0;
    said.textContent = element.dataset.asking;
    const watch = navigator.geolocation.watchPosition(
      ({ coords }) => {
        const metres = coords.accuracy ? Math.ceil(coords.accuracy) : '';
        found({ lat: coords.latitude, lon: coords.longitude, metres, from: 'gps' });
        best = metres;
        if (metres && metres <= SURE) return stop();
        if (metres) said.textContent = element.dataset.closer.replace('{metres}', metres);
      },
      () => {
        stop();
        said.textContent = element.dataset.denied;
      },
      WAIT,
    );
    const end = setTimeout(() => {
      stop();
      if (best > Number(element.dataset.coarse)) said.textContent = element.dataset.rough.replace('{metres}', best);
    }, WAIT.timeout);
    stop = () => {
      navigator.geolocation.clearWatch(watch);
      clearTimeout(end);
    };
  });
  element.closest('form').addEventListener('submit', () => stop());
  document.getElementById(element.dataset.map).addEventListener('click', () => stop()); // a tap is surer
}
