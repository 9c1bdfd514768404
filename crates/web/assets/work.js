// What goes on in the background: asked for while it lasts, stopped, and told when it has ended.
import { get, post } from './api.js';
import { isSecond } from './keys.js';
import { bytes, duration, number } from './localise.js';
import { load } from './swap.js';
import { t } from './texts.js';
import { alarm } from './toast.js';

const EVERY_MS = 400;
/** Before so much is behind, no rate is told: it would jump. */
const RATE_FROM_MS = 2000;
const byId = (id) => document.getElementById(id);
let isWatching = false;

/** Says how far a work is. @param {object} work a WorkView @returns {string} */
function words(work) {
  if (work.is_stopping) return t('work.stopping');
  const { items, items_ahead: ahead, elapsed_ms: elapsed } = work;
  if (!items && !ahead) return t('work.begins');
  const parts = [ahead === null ? t('work.photos', { count: items }) : t('work.of', { items, count: ahead })];
  if (work.bytes) parts.push(work.bytes_ahead ? t('work.bytes', { done: { bytes: work.bytes }, all: { bytes: work.bytes_ahead } }) : bytes(work.bytes));
  if (elapsed >= RATE_FROM_MS && items) {
    parts.push(t('work.rate', { rate: number(Math.round((items * 1000) / elapsed)) }));
    if (ahead > items) parts.push(t('work.time-left', { time: duration((elapsed * (ahead - items)) / items) }));
  }
  return parts.join(' · ');
}

function show(work) {
  const bar = byId('work-progress');
  if (!bar) return;
  if (work.items_ahead) {
    bar.max = work.items_ahead;
    bar.value = work.items;
  }
  byId('work-words').textContent = words(work);
  byId('stop').disabled = work.is_stopping;
}

/** Goes to where it is told how a work ended, which is then read aloud. */
function ended(work) {
  (byId('outcome-title') ?? byId({ freeze: 'plan-title', missing: 'found-title' }[work.kind]))?.focus();
}

/** Follows what goes on until it has ended. @param {() => Promise<void>} [then] */
export async function follow(then) {
  if (isWatching) return;
  isWatching = true;
  try {
    for (;;) {
      const { work } = await get('work');
      if (!work || work.is_done) {
        await load(location.href);
        await then?.();
        if (work) ended(work);
        return;
      }
      show(work);
      await new Promise((resolve) => { setTimeout(resolve, EVERY_MS); });
    }
  } catch (error) {
    alarm(error);
  } finally {
    isWatching = false;
  }
}

/** Begins a work, shows it and follows it. @param {string} path @param {object} body @param {() => Promise<void>} [then] */
export async function begin(path, body, then) {
  await post(path, body);
  await load(location.href);
  (byId('work-title') ?? byId('main')).focus();
  follow(then);
}

/** Takes back the button's run; the first press asks. @param {HTMLButtonElement} button @param {() => Promise<void>} [then] */
async function takeBack(button, then) {
  const photos = Number(button.dataset.photos);
  const label = button.querySelector('span');
  if (!button.dataset.armed) {
    const before = label.textContent;
    button.dataset.armed = '1';
    label.textContent = t('run.undo-again', { count: photos });
    button.addEventListener('blur', () => { delete button.dataset.armed; label.textContent = before; }, { once: true });
    return;
  }
  try {
    await begin(`runs/${button.dataset.run}/undo`, { photos }, then);
  } catch (error) {
    alarm(error);
    await load(location.href);
  }
}

/** Starts what pages with work have. @param {() => Promise<void>} [then] what the page does when a work has ended */
export function works(then) {
  byId('main').addEventListener('click', async (event) => {
    const undo = event.target.closest('[data-run][data-photos]');
    if (undo && !isSecond(event)) await takeBack(undo, then);
    const stop = event.target.closest('#stop');
    if (!stop) return;
    stop.disabled = true;
    byId('work-title').focus();
    await post('work/stop', { id: Number(byId('work').dataset.work) }).catch((error) => error.code === 'ended' || alarm(error));
  });
  if (byId('work')) follow(then);
}
