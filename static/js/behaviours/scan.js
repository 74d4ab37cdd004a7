// data-module="scan" data-to="/redeem/": reads a card's code by the camera where the browser can, and opens what
// stands behind it. Elsewhere it stays away: a photograph or the typed code do the same.

const EVERY = 200; // milliseconds between two looks

export async function start(section) {
  if (!('BarcodeDetector' in window) || !navigator.mediaDevices) return;
  const kinds = await BarcodeDetector.getSupportedFormats();
  if (!kinds.includes('qr_code')) return;
  const button = section.querySelector('button');
  button.hidden = false;
  button.addEventListener('click', () => look(section, button));
}

async function look(section, button) {
  const video = section.querySelector('video');
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  } catch {
    section.querySelector('[role="status"]').textContent = section.dataset.denied;
    return;
  }
  button.hidden = true;
  video.hidden = false;
  await video.play();
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  const timer = setInterval(async () => {
    const [found] = await detector.detect(video);
    if (!found) return;
    clearInterval(timer);
    for (const track of video.srcObject.getTracks()) track.stop();
    location.assign(`${section.dataset.to}?code=${encodeURIComponent(found.rawValue)}`);
  }, EVERY);
}
