// The keep rules: moved, added and taken out here; what they would do is counted at the server while they are looked at.
import { post, stream } from './api.js';
import { change } from './history.js';
import { clean } from './localise.js';
import { seen } from './pulse.js';
import { icon } from './row.js';
import { load } from './swap.js';
import { t } from './texts.js';
import { alarm, describe, tell } from './toast.js';

const byId = (id) => document.getElementById(id);
/** How the rule for paths begins; what follows is the person's own. */
const GLOB = 'path:';
let rules = [];
let inForce = [];
let counting = new AbortController();

const wordsOf = (rule) => {
  const known = [...byId('new-rule').options];
  return (known.find((option) => option.value === rule) ?? (rule.startsWith(GLOB) && known.find((option) => option.value.startsWith(GLOB))) ?? null)?.dataset?.words ?? '';
};

function button(id, label, sign, run, disabled) {
  const made = Object.assign(document.createElement('button'), { type: 'button', id, className: 'quiet', disabled, title: label });
  made.setAttribute('aria-label', label);
  made.append(icon(sign));
  made.addEventListener('click', run);
  return made;
}

function move(at, step) {
  const [rule] = rules.splice(at, 1);
  rules.splice(at + step, 0, rule);
  draw();
  const way = step < 0 ? 'up' : 'down';
  const wanted = byId(`${way}-${at + step}`);
  (wanted.disabled ? byId(`${way === 'up' ? 'down' : 'up'}-${at + step}`) : wanted).focus();
  byId('would').setAttribute('aria-busy', 'true');
}

function draw() {
  byId('order').replaceChildren(...rules.map((rule, at) => {
    const item = document.createElement('li');
    const name = Object.assign(document.createElement('span'), { className: 'rule', textContent: clean(rule) });
    const words = Object.assign(document.createElement('span'), { className: 'muted block', textContent: wordsOf(rule) });
    const text = document.createElement('span');
    text.append(name, words);
    item.append(
      text,
      button(`up-${at}`, t('rules.up', { rule }), 'up', () => move(at, -1), at === 0),
      button(`down-${at}`, t('rules.down', { rule }), 'down', () => move(at, 1), at === rules.length - 1),
      button(`out-${at}`, t('rules.out', { rule }), 'close', () => { rules.splice(at, 1); draw(); (byId(`out-${Math.min(at, rules.length - 1)}`) ?? byId('new-rule')).focus(); }, false),
    );
    return item;
  }));
  count();
}

/** Counts what these rules would do, unless they are those in force. */
async function count() {
  counting.abort();
  counting = new AbortController();
  const { signal } = counting;
  const isSame = rules.join() === inForce.join();
  byId('apply-rules').disabled = true;
  byId('rules-problem').hidden = true;
  byId('counting').hidden = true;
  if (isSame) return byId('would').replaceChildren(Object.assign(document.createElement('p'), { className: 'muted', textContent: t('rules.unchanged') }));
  byId('counting').hidden = false;
  byId('counting').value = 0;
  try {
    await stream('rules/preview', { rules: rules.join() }, (found) => { if (!signal.aborted) shown(found); }, signal);
    byId('apply-rules').disabled = false;
  } catch (error) {
    if (error.name === 'AbortError') return undefined;
    byId('would').replaceChildren();
    byId('rules-problem').textContent = describe(error);
    byId('rules-problem').hidden = false;
  }
  if (!signal.aborted) byId('counting').hidden = true;
  return undefined;
}

function shown(found) {
  byId('counting').value = found.done_per_mille;
  const lines = [
    t('rules.other-keeper', { count: found.other_keeper, groups: found.groups }),
    t('rules.removals', { count: found.removals, size: { bytes: found.removals_bytes } }),
    t('rules.removals-now', { count: found.removals_now, size: { bytes: found.removals_now_bytes } }),
  ];
  byId('would').replaceChildren(...lines.map((textContent) => Object.assign(document.createElement('p'), { textContent })));
}

async function apply(wanted) {
  counting.abort();
  try {
    const answer = await post('rules', { rules: wanted });
    seen(answer.epoch);
    await load(location.href);
    begin();
    tell(t('rules.applied'), { words: t('history.undo'), run: () => change('undo', answer.history.undo?.id) });
    byId('main').focus();
  } catch (error) {
    alarm(error);
  }
}

function add(event) {
  event.preventDefault();
  const chosen = byId('new-rule').value;
  const rule = chosen.startsWith(GLOB) ? GLOB + byId('new-glob').value.trim() : chosen;
  if (rule === GLOB) return byId('new-glob').focus();
  rules.push(rule);
  draw();
  byId(`up-${rules.length - 1}`).focus();
  return undefined;
}

const showGlob = () => { byId('new-glob-field').hidden = !byId('new-rule').value.startsWith(GLOB); };

/** Takes up the rules that the server sent. */
function begin() {
  const { dataset } = document.querySelector('[data-part=rules]');
  inForce = JSON.parse(dataset.rules);
  rules = [...inForce];
  draw();
  showGlob();
}

/** Starts the page. */
export function start() {
  const main = byId('main');
  main.addEventListener('submit', add);
  main.addEventListener('change', (event) => event.target.id === 'new-rule' && showGlob());
  main.addEventListener('click', (event) => {
    const pressed = event.target.closest('#apply-rules, #reset-rules');
    if (pressed) apply(pressed.id === 'apply-rules' ? rules.join() : null);
  });
  begin();
}
