// One group: which member is looked at, what is wanted of it, and the way to the next group.
import { get, post } from './api.js';
import { Stage } from './compare.js';
import { change, onChange } from './history.js';
import { isSecond, listen } from './keys.js';
import { photo } from './photo.js';
import { seen } from './pulse.js';
import { load } from './swap.js';
import { t } from './texts.js';
import { alarm, tell } from './toast.js';

/** For how long accepting waits for the pictures shown. */
const SEEN_MAX_MS = 10_000;

const byId = (id) => document.getElementById(id);
const bar = () => byId('group').dataset;
/** Where the group stood in the list when it was opened: deciding on it may move it, and those around it are still the next ones. */
const where = () => byId('where').dataset;
const options = () => [...document.querySelectorAll('#strip .option')];
const addressOf = (asset) => `/groups/${asset}${bar().query ? `?${bar().query}` : ''}`;
const listAddress = () => `/groups?${bar().query || 'state='}`;

/** @type {Stage} */
let stage;
/** The member looked at. */
let shown = '';
/** What is asked for is done one after the other, however fast keys are pressed. */
let queue = Promise.resolve();

function act(run) {
  queue = queue.then(run).catch(alarm);
  return queue;
}

/** How often other members came in sight: what was wished before is not wished of them. */
let sights = 0;

/** Does a wish in its turn; it is dropped where by then other members are shown than those it was meant for. */
function wish(run) {
  const meant = sights;
  return act(() => (meant === sights ? run() : undefined));
}

const option = (asset) => options().find((entry) => entry.dataset.asset === String(asset));
const isKeeper = (entry) => !!entry?.dataset.keeper;

/** Looks at a member; of the keeper its first companion is shown beside it. @param {string} [asset] */
function select(asset, focus = false) {
  const all = options();
  const entry = option(asset) ?? all.find((other) => !isKeeper(other)) ?? all[0];
  if (!entry) return;
  shown = entry.dataset.asset;
  const keeper = all.find(isKeeper);
  const before = stage.member.option?.dataset.asset;
  const member = isKeeper(entry) ? (option(before) && !isKeeper(option(before)) ? option(before) : all.find((other) => !isKeeper(other))) : entry;
  for (const other of all) {
    other.setAttribute('aria-selected', String(other === entry));
    other.classList.toggle('beside', other === member);
    other.tabIndex = other === entry ? 0 : -1;
  }
  for (const card of document.querySelectorAll('.cards > .member')) card.hidden = ![keeper, member].some((one) => one?.dataset.asset === card.dataset.asset);
  markKeeper(keeper, member);
  stage.show(keeper, member ?? null);
  if (focus || isLost()) entry.focus({ preventScroll: true });
  entry.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

/** Marks the keeper's facts in which the member beside it differs, as its own are marked. */
function markKeeper(keeper, member) {
  const facts = (entry) => [...(byId(`card-${entry?.dataset.asset}`)?.querySelectorAll('.fact') ?? [])];
  const differing = new Set(facts(member).filter((fact) => fact.dataset.differs).map((fact) => fact.dataset.fact));
  for (const fact of facts(keeper)) fact.toggleAttribute('data-differs', differing.has(fact.dataset.fact));
}

function move(step) {
  const all = options();
  const at = all.indexOf(option(shown));
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  select(next?.dataset.asset, true);
}

/** Whether what had the focus is gone, or hidden. */
const isLost = () => document.activeElement === document.body || !document.activeElement?.checkVisibility();
const hasFocus = () => isLost() || !!document.activeElement?.closest('#strip');

/** Shows the group anew as it stands now. @param {string|number} asset one that stands in it */
async function refresh(asset) {
  const isInStrip = hasFocus();
  await load(addressOf(asset), { except: 'where' });
  history.replaceState(null, '', addressOf(bar().group));
  select(option(shown) ? shown : String(asset), isInStrip);
}

let going = new AbortController();

/** Goes to another group. @param {string|number} asset @param {boolean} [isBack] */
async function go(asset, isBack = false) {
  going.abort();
  going = new AbortController();
  const address = addressOf(asset);
  await load(address, { signal: going.signal });
  if (!isBack) history.pushState(null, '', address);
  begin(asset);
}

/** Shows a group that was just loaded. @param {string|number} [asset] the one it was opened by */
function begin(asset) {
  const entry = option(asset);
  sights += 1;
  stage.zoom.fit();
  select(entry && !isKeeper(entry) ? entry.dataset.asset : undefined, hasFocus());
  scrollTo(0, 0);
  sessionStorage.setItem('lookalike.group', bar().group);
  const { next } = where();
  if (next) requestIdleCallback?.(() => prefetch(next));
}

/** Warms the pictures of the group that comes next. */
async function prefetch(next) {
  try {
    const group = await get(`groups/${next}`);
    for (const member of group.all.slice(0, 2)) photo(member.asset, member.picture, 'large').catch(() => {});
  } catch {
    // It is only a wish ahead: whoever goes there learns what is wrong.
  }
}

/** Goes to the group before or behind; where that one is gone meanwhile, to the one that is there now. @param {'next'|'previous'} which */
async function goAlong(which) {
  try {
    await go(where()[which]);
  } catch (error) {
    if (error.code !== '404') throw error;
    const there = (await get(`groups/${bar().group}/neighbours?${bar().query}`))[which];
    if (there) await go(there);
    else location.assign(listAddress());
  }
}

function goTo(which) {
  if (where()[which]) return act(() => goAlong(which));
  tell(t(`group.no-${which}`));
  return undefined;
}

/** Sends a wish; returns what became of it, or nothing where it was refused. @param {object} wanted */
async function decide(wanted) {
  const { group, version } = bar();
  try {
    // The version is put in as text: it may have more digits than a script's numbers.
    const answer = await post(`groups/${group}/decide`, `{"version":${version},"wish":${JSON.stringify(wanted)}}`);
    seen(answer.epoch);
    return answer;
  } catch (error) {
    sights += 1;
    if (error.code === 'conflict') await (error.group ? refresh(group) : load(location.href).catch(() => location.assign(listAddress())));
    alarm(error.code === 'conflict' ? t('conflict', { what: error.message }) : error);
    return null;
  }
}

const offerUndo = (answer) => ({ words: t('history.undo'), run: () => change('undo', answer.history.undo?.id) });

/** Gives a verdict to a member. */
const verdict = (asset, wanted) => wish(async () => {
  const answer = await decide({ kind: 'verdicts', verdicts: [[Number(asset), wanted]] });
  if (answer) await refresh(asset);
});

function toggle(entry) {
  if (!entry) return undefined;
  select(entry.dataset.asset, true);
  return verdict(entry.dataset.asset, entry.dataset.verdict === 'remove' ? 'keep' : 'remove');
}

const makeKeeper = (asset) => wish(async () => {
  if (isKeeper(option(asset))) return;
  const answer = await decide({ kind: 'keeper', asset: Number(asset) });
  if (!answer) return;
  await refresh(asset);
  tell(t('group.keeper-made', { count: answer.left.length }), offerUndo(answer));
});

const notTheSame = (asset) => wish(async () => {
  const all = options();
  const entry = option(asset);
  if (!entry || isKeeper(entry)) return tell(t('group.keeper-parted'));
  const next = all[all.indexOf(entry) + 1] ?? all[all.indexOf(entry) - 1];
  const answer = await decide({ kind: 'not-the-same', asset: Number(asset) });
  if (!answer) return;
  await after(answer, next);
  tell(t('group.not-the-same'), offerUndo(answer));
});

const noneTheSame = () => wish(async () => {
  const answer = await decide({ kind: 'none-the-same' });
  if (!answer) return;
  await after(answer, null);
  tell(t('group.none-the-same-done'), offerUndo(answer));
});

/** Shows what is left of the group after members left it, or the next one. */
async function after(answer, next) {
  const stays = next && !answer.left.includes(Number(next.dataset.asset)) ? next.dataset.asset : answer.groups[0]?.id;
  if (stays) { shown = String(stays); await refresh(stays); } else await ahead();
}

/** Goes on, or back to the list where the end is reached. */
async function ahead() {
  if (where().next) await goAlong('next');
  else location.assign(listAddress());
}

/** Accepts what is shown, once its pictures are there. */
const accept = () => wish(async () => {
  await Promise.race([stage.seen(), new Promise((done) => { setTimeout(done, SEEN_MAX_MS); })]);
  const { group } = bar();
  const hasMore = !!byId('members-more');
  const answer = await decide({ kind: 'accept' });
  if (!answer) return;
  // Only what was shown is accepted: the rest of a large group comes next.
  if (hasMore && answer.groups.some((row) => String(row.id) === group && row.state === 'open')) {
    sights += 1;
    await refresh(group);
  } else await ahead();
});

const WISHES = { keep: (asset) => verdict(asset, 'keep'), remove: (asset) => verdict(asset, 'remove'), open: (asset) => verdict(asset, 'open'), keeper: makeKeeper, 'not-the-same': notTheSame };

function click(event) {
  const button = event.target.closest('button, a, .option');
  if (!button) return;
  const decides = button.dataset.wish || ['accept', 'skip', 'none-the-same'].includes(button.id);
  if (decides && isSecond(event)) return;
  if (button.dataset.wish) WISHES[button.dataset.wish](button.dataset.asset);
  else if (button.classList.contains('option')) select(button.dataset.asset, true);
  else if (button.id === 'accept') accept();
  else if (button.id === 'skip') skip();
  else if (button.id === 'none-the-same') noneTheSame();
  else if (button.id === 'next' || button.id === 'previous') { event.preventDefault(); goTo(button.id); }
}

const skip = () => wish(ahead);

/** Starts the page. */
export function start() {
  stage = new Stage();
  byId('main').addEventListener('click', click);
  addEventListener('popstate', () => act(async () => { await load(location.href); begin(location.pathname.split('/').pop()); }));
  onChange(({ groups, asset }) => act(async () => {
    const isHere = !groups || groups.some((group) => String(group.id) === bar().group || option(group.id));
    if (isHere) return refresh(option(shown) ? shown : bar().group);
    const other = asset ?? groups[0]?.id;
    return other ? go(other) : refresh(bar().group);
  }));
  listen('group', {
    'previous-picture': () => move(-1),
    'next-picture': () => move(1),
    'next-group': () => { goTo('next'); },
    'previous-group': () => { goTo('previous'); },
    toggle: () => { toggle(option(shown)); },
    'toggle-nth': (key) => { toggle(options()[Number(key) - 1]); },
    keep: () => { verdict(shown, 'keep'); },
    'make-keeper': () => { makeKeeper(shown); },
    'not-the-same': () => { notTheSame(shown); },
    accept: () => { accept(); },
    skip: () => { skip(); },
    mode: () => stage.nextMode(),
    'zoom-one': () => stage.one(),
    'zoom-in': () => stage.step(1.5),
    'zoom-out': () => stage.step(1 / 1.5),
    'zoom-fit': () => stage.zoom.fit(),
  });
  begin(location.pathname.split('/').pop());
}
