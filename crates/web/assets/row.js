// Draws one row of the list.
import { bytes, clean, day } from './localise.js';
import { of, t } from './texts.js';

/** Small pictures of a row. */
const PICTURES = 4;

const make = (tag, className, text) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
};

/** Draws a sign of the sprite. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `/assets/sprite.svg#${name}`);
  svg.append(use);
  return svg;
}

/** @param {object} member a MemberRow @returns {HTMLElement} its picture */
export function thumbnail(member) {
  const thumb = make('span', 'thumb');
  thumb.dataset.none = t('picture.none');
  const image = Object.assign(new Image(96, 96), { alt: '', decoding: 'async', src: `/pictures/${member.asset}/small?v=${encodeURIComponent(member.picture)}` });
  image.addEventListener('error', () => thumb.classList.add('failed'));
  thumb.append(image);
  return thumb;
}

/** Returns a link to a group. @param {object} group a GroupRow @param {string} query the list's */
export function draw(group, query) {
  const link = make('a', 'row');
  link.href = `/groups/${group.id}?${query}`;
  link.dataset.group = group.id;
  const pictures = make('span', 'pictures');
  for (const member of group.members.slice(0, PICTURES)) {
    const thumb = thumbnail(member);
    if (member.relation !== 'keeper') thumb.dataset.verdict = member.verdict;
    pictures.append(thumb);
  }
  if (group.members_count > PICTURES) pictures.append(make('span', 'more', `+${group.members_count - PICTURES}`));
  const what = make('span', 'what');
  what.append(make('span', 'name', clean(group.members[0]?.name ?? '')));
  const facts = [t('row.members', { count: group.members_count }), group.taken_utc && day(group.taken_utc), group.camera && clean(group.camera)];
  what.append(make('span', 'muted', facts.filter(Boolean).join(' · ')));
  const where = make('span', 'muted path', clean(group.folder));
  what.append(where);
  const chips = make('span', 'chips');
  for (const relation of group.relations) chips.append(make('span', 'chip', of('relation', relation)));
  const sum = make('span', 'sum');
  const state = make('span', 'state');
  state.dataset.state = group.state;
  state.append(icon(group.state), of('state', group.state));
  sum.append(state);
  sum.append(make('strong', '', group.removals ? bytes(group.removals_bytes) : '–'));
  sum.append(make('span', 'muted', t('row.removals', { count: group.removals })));
  link.append(pictures, what, chips, sum);
  return link;
}
