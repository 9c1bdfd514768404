// Takes back that two photos are not the same.
import { post } from './api.js';
import { change } from './history.js';
import { seen } from './pulse.js';
import { load } from './swap.js';
import { t } from './texts.js';
import { alarm, tell } from './toast.js';

/** Starts the page. */
export function start() {
  document.getElementById('main').addEventListener('click', async (event) => {
    const button = event.target.closest('[data-rejoin]');
    if (!button || button.disabled) return;
    button.disabled = true;
    try {
      const answer = await post('rejoin', { id: Number(button.dataset.rejoin) });
      seen(answer.epoch);
      const row = button.closest('li');
      const next = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector('[data-rejoin]')?.id;
      await load(location.href);
      (document.getElementById(next) ?? document.getElementById('main')).focus();
      tell(t('parted.rejoined'), { words: t('history.undo'), run: () => change('undo', answer.history.undo?.id) });
    } catch (error) {
      button.disabled = false;
      alarm(error);
    }
  });
}
