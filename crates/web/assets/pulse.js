// Asks now and then whether something changed: another tab, another program, a scan.
import { get } from './api.js';
import { t } from './texts.js';
import { alarm } from './toast.js';

const EVERY_MS = 4000;
let known = null;
let isGone = false;

/** Notes a change that this page made itself. @param {number} epoch */
export function seen(epoch) {
  known = epoch;
}

/** Asks now and then, while the page is seen. @param {() => void} changed */
export function watch(changed) {
  known = Number(document.querySelector('[data-epoch]')?.dataset.epoch ?? NaN);
  const ask = async () => {
    if (document.hidden) return;
    const before = known;
    try {
      const pulse = await get('pulse');
      document.getElementById('busy').hidden = !pulse.is_busy;
      if (isGone) { isGone = false; document.getElementById('alerts').replaceChildren(); }
      // Where this page changed something while the answer was on its way, the next one tells.
      if (before !== known || pulse.epoch === known) return;
      known = pulse.epoch;
      changed();
    } catch (error) {
      if (!isGone && error.code === 'gone') { isGone = true; alarm(t('problem.gone')); }
    }
  };
  setInterval(ask, EVERY_MS);
  document.addEventListener('visibilitychange', ask);
}
