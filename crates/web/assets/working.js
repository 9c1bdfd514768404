// Says how far a request is that takes long: how many photos are still to be grouped anew.
import { get } from './api.js';
import { t } from './texts.js';

const EVERY_MS = 1000;

/** Waits for an answer and says meanwhile what is left. @template T @param {Promise<T>} answer @param {(words: string) => void} say @returns {Promise<T>} */
export async function working(answer, say) {
  let isDone = false;
  const timer = setInterval(async () => {
    const pulse = await get('pulse').catch(() => null);
    if (!isDone && pulse?.ungrouped) say(t('history.left', { count: pulse.ungrouped }));
  }, EVERY_MS);
  try {
    return await answer;
  } finally {
    isDone = true;
    clearInterval(timer);
  }
}
