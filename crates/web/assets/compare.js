// The stage: the keeper and one member, side by side or upon each other, under one zoom.
import { difference } from './difference.js';
import { NoPicture, film, photo } from './photo.js';
import { of, t } from './texts.js';
import { clean, number } from './localise.js';
import { alarm } from './toast.js';
import { Zoom } from './zoom.js';

/** Above so many times its own pixels a picture is fetched larger. */
const SOFT = 1.05;
const byId = (id) => document.getElementById(id);
const still = matchMedia('(prefers-reduced-motion: reduce)');

/** One of the two places for a picture. */
class Pane {
  /** @type {?HTMLElement} the member's entry in the strip */
  option = null;
  /** @type {?HTMLImageElement} */
  image = null;
  /** Fulfilled when the picture is there, or its reason. */
  came = Promise.resolve();
  #turn = 0;

  constructor(root) {
    this.root = root;
    this.view = root.querySelector('.view');
    this.look = root.querySelector('.look');
  }

  /** The picture's pixels as the catalog knows them, else as they came. */
  get pixels() {
    const { width, height } = this.option?.dataset ?? {};
    return width && height ? { width: Number(width), height: Number(height) } : { width: this.image?.naturalWidth || 1, height: this.image?.naturalHeight || 1 };
  }

  /** Shows another member; the former picture goes at once, so that it never stands under the new name. */
  async show(option, placed) {
    const turn = (this.#turn += 1);
    this.option = option;
    this.image = null;
    this.isFull = false;
    this.look.replaceChildren();
    this.stop();
    this.view.querySelector('.none').hidden = true;
    this.view.querySelector('.loading').hidden = !option;
    this.root.querySelector('.coarse').hidden = true;
    this.name(option);
    this.#buttons();
    if (!option) return;
    try {
      const { address, coarse } = await photo(option.dataset.asset, option.dataset.picture, 'large');
      const image = await this.#decoded(address);
      if (turn !== this.#turn) return;
      this.image = image;
      this.look.replaceChildren(image);
      const label = this.root.querySelector('.coarse');
      label.hidden = !coarse;
      if (coarse) label.textContent = `${t('picture.coarse')}: ${of('coarse', coarse)}`;
    } catch (error) {
      if (turn !== this.#turn) return;
      const none = this.view.querySelector('.none');
      none.hidden = false;
      none.querySelector('p').textContent = `${t('picture.none')}: ${clean(error instanceof NoPicture ? error.message : t('picture.odd'))}`;
    }
    this.view.querySelector('.loading').hidden = true;
    placed();
  }

  /** Writes who is shown, and its verdict. @param {?HTMLElement} option */
  name(option) {
    this.option = option;
    const standing = option && (option.dataset.keeper ? t('verdict.keeper') : of('verdict', option.dataset.verdict));
    this.root.querySelector('.side-name').textContent = option ? `${standing} · ${clean(option.dataset.name)}` : '';
    this.root.dataset.verdict = option?.dataset.keeper ? 'keeper' : option?.dataset.verdict ?? '';
  }

  async #decoded(address) {
    const image = Object.assign(new Image(), { src: address, alt: clean(this.option.dataset.name), draggable: false });
    await image.decode();
    return image;
  }

  /** Fetches the full picture in place of the large one. */
  async sharpen(placed) {
    if (this.isFull || !this.image || this.option.dataset.film) return;
    this.isFull = true;
    const turn = this.#turn;
    try {
      const { address } = await photo(this.option.dataset.asset, this.option.dataset.picture, 'full');
      const image = await this.#decoded(address);
      if (turn !== this.#turn) return;
      this.image.replaceWith(image);
      this.image = image;
      placed();
    } catch (error) {
      if (!(error instanceof NoPicture) && error.name !== 'EncodingError') alarm(error);
    }
  }

  /** Ends a film; tells whether one was there. */
  stop() {
    const video = this.view.querySelector('video');
    video?.remove();
    return !!video;
  }

  #buttons() {
    const data = this.option?.dataset ?? {};
    const kinds = [data.film && 'original', data.clip && 'clip'].filter(Boolean);
    this.root.querySelector('.play-buttons').replaceChildren(...kinds.map((kind) => {
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'button small', textContent: t(`play.${kind}`) });
      button.addEventListener('click', () => this.#play(kind));
      return button;
    }));
  }

  /** Plays the film or clip in place of the picture; pressed again, ends it. */
  #play(kind) {
    if (this.stop()) return;
    this.root.dispatchEvent(new CustomEvent('play-film', { bubbles: true }));
    const video = Object.assign(document.createElement('video'), { controls: true, autoplay: true, loop: kind === 'clip', playsInline: true });
    if (this.image) video.poster = this.image.src;
    video.setAttribute('aria-label', clean(this.option.dataset.name));
    video.addEventListener('error', () => {
      video.remove();
      alarm(t('play.cannot', { name: this.option.dataset.name }));
    });
    video.src = film(this.option.dataset.asset, this.option.dataset.picture, kind);
    this.view.append(video);
    video.focus();
  }
}

export class Stage {
  #mode = 'side';
  #timer = null;

  constructor() {
    this.root = byId('stage');
    [this.keeper, this.member] = [...this.root.querySelectorAll('.pane')].map((pane) => new Pane(pane));
    this.zoom = new Zoom(this.root, () => this.place());
    new ResizeObserver(() => this.place()).observe(this.root);
    this.#listen();
    this.mode(sessionStorage.getItem('lookalike.mode') ?? 'side');
  }

  #listen() {
    for (const radio of document.querySelectorAll('input[name=mode]')) radio.addEventListener('change', () => this.mode(radio.value));
    for (const id of ['opacity', 'swipe', 'hertz', 'gain']) byId(id).addEventListener('input', () => this.#settings());
    byId('flicker').addEventListener('click', () => this.#flicker(!this.#timer));
    byId('zoom-in').addEventListener('click', () => this.step(1.5));
    byId('zoom-out').addEventListener('click', () => this.step(1 / 1.5));
    byId('zoom-fit').addEventListener('click', () => this.zoom.fit());
    byId('zoom-one').addEventListener('click', () => this.one());
    this.root.addEventListener('play-film', () => this.mode('side'));
    this.root.addEventListener('dblclick', (event) => event.target.closest('.view') && this.one());
  }

  /** @param {?HTMLElement} keeper @param {?HTMLElement} member entries of the strip */
  show(keeper, member) {
    for (const [pane, option] of [[this.keeper, keeper], [this.member, member]]) {
      const now = pane.option?.dataset;
      if (now && option && now.asset === option.dataset.asset && now.picture === option.dataset.picture) pane.name(option);
      else pane.came = pane.show(option, () => this.place());
    }
    this.place();
  }

  /** Returns when the pictures of both are there, or their reasons. */
  async seen() {
    const both = () => [this.keeper.came, this.member.came];
    let waited = [];
    while (both().some((came, at) => came !== waited[at])) await Promise.all(waited = both());
  }

  /** @param {string} mode */
  mode(mode) {
    this.#mode = mode;
    sessionStorage.setItem('lookalike.mode', mode);
    this.root.dataset.mode = mode;
    if (mode !== 'side') for (const pane of [this.keeper, this.member]) pane.stop();
    for (const radio of document.querySelectorAll('input[name=mode]')) radio.checked = radio.value === mode;
    for (const control of document.querySelectorAll('.compare [data-for]')) control.hidden = control.dataset.for !== mode;
    this.#flicker(mode === 'flicker' && !still.matches);
    this.#settings();
    this.place();
  }

  /** Goes to the next way of comparing. */
  nextMode() {
    const modes = [...document.querySelectorAll('input[name=mode]')].map((radio) => radio.value);
    this.mode(modes[(modes.indexOf(this.#mode) + 1) % modes.length]);
  }

  #settings() {
    const show = (id, words) => { byId(id).parentElement.querySelector('output').textContent = words; return Number(byId(id).value); };
    const opacity = show('opacity', `${byId('opacity').value} %`);
    const swipe = show('swipe', `${byId('swipe').value} %`);
    show('hertz', `${number(Number(byId('hertz').value))} Hz`);
    show('gain', `× ${byId('gain').value}`);
    const { style } = this.member.root;
    this.member.look.style.opacity = this.#mode === 'overlay' ? opacity / 100 : '';
    style.clipPath = this.#mode === 'swipe' ? `inset(0 0 0 ${swipe}%)` : '';
    byId('divider').hidden = this.#mode !== 'swipe';
    byId('divider').style.left = `${swipe}%`;
    if (this.#timer) this.#flicker(true);
    this.#difference();
  }

  #flicker(on) {
    clearInterval(this.#timer);
    this.#timer = null;
    this.member.root.classList.remove('blinked');
    byId('flicker').setAttribute('aria-pressed', String(on));
    if (on) this.#timer = setInterval(() => this.member.root.classList.toggle('blinked'), 500 / Number(byId('hertz').value));
  }

  /** @param {number} ratio */
  step(ratio) {
    this.zoom.to(this.zoom.scale * ratio);
  }

  /** The scale at which a pixel of the keeper is a pixel of the screen. */
  get #oneScale() {
    return this.keeper.pixels.width / (this.#fitted().width * devicePixelRatio);
  }

  /** Shows the keeper's pixels one to one, or fits again. */
  one() {
    if (Math.abs(this.zoom.scale / this.#oneScale - 1) < 0.01) this.zoom.fit();
    else this.zoom.to(this.#oneScale);
  }

  /** The keeper's box within its view. */
  #fitted(pane = this.keeper) {
    const { clientWidth, clientHeight } = pane.view;
    const { width, height } = pane.pixels;
    const scale = Math.min(clientWidth / width, clientHeight / height) || 1;
    return { width: width * scale, height: height * scale };
  }

  get #turned() {
    const { turns, mirror } = this.member.option?.dataset ?? {};
    return { turns: Number(turns ?? 0), mirror: !!mirror };
  }

  /** Puts both pictures where they belong. */
  place() {
    const { scale, x, y } = this.zoom;
    const isSide = this.#mode === 'side';
    const { turns, mirror } = isSide ? { turns: 0, mirror: false } : this.#turned;
    for (const pane of [this.keeper, this.member]) {
      pane.look.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
      if (!pane.image) continue;
      const isMember = pane === this.member;
      const box = isMember && isSide ? this.#fitted(pane) : this.#fitted();
      const isAcross = isMember && turns % 2;
      const { style } = pane.image;
      [style.width, style.height] = [`${isAcross ? box.height : box.width}px`, `${isAcross ? box.width : box.height}px`];
      style.transform = `translate(-50%, -50%)${isMember ? `${mirror ? ' scaleX(-1)' : ''} rotate(${turns * 90}deg)` : ''}`;
      const isSharp = scale * (isAcross ? box.height : box.width) * devicePixelRatio <= pane.image.naturalWidth * SOFT;
      if (!isSharp && pane.pixels.width > pane.image.naturalWidth * SOFT) pane.sharpen(() => this.place());
      pane.image.classList.toggle('pixels', scale * box.width * devicePixelRatio > pane.image.naturalWidth * 2 && pane.isFull);
    }
    const canvas = byId('difference');
    const box = this.#fitted();
    Object.assign(canvas.style, { width: `${box.width}px`, height: `${box.height}px`, transform: `translate(-50%, -50%) translate(${x}px, ${y}px) scale(${scale})` });
    const share = scale / this.#oneScale;
    byId('zoom').textContent = this.keeper.image ? `${number(Math.round(share * 100))} %` : '';
    byId('zoom-one').setAttribute('aria-pressed', String(Math.abs(share - 1) < 0.01));
    this.#difference();
  }

  #drawn = '';

  #difference() {
    const canvas = byId('difference');
    const [keeper, member] = [this.keeper.image, this.member.image];
    canvas.hidden = byId('difference-words').hidden = this.#mode !== 'difference' || !keeper || !member;
    if (canvas.hidden) { this.#drawn = ''; return; }
    const options = { ...this.#turned, gain: Number(byId('gain').value) };
    const drawn = JSON.stringify([keeper.src, member.src, options]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const { share, levels } = difference(canvas, keeper, member, options);
    const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 }).format(share);
    byId('difference-words').textContent = t('compare.differing', { share: percent, levels });
  }
}
