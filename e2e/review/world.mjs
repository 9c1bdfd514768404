// A library of its own in a temporary folder, the real program on it, and a browser that notes whatever it should not have met.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { setTimeout as rest } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { CHROMIUM, FLAGS } from './chromium.mjs';

const target = fileURLToPath(new URL('../../target/release/', import.meta.url));
const PROGRAM = process.env.LOOKALIKE_BIN ?? `${target}lookalike`;
const DRAW_TREE = process.env.LOOKALIKE_DRAW_TREE ?? `${target}examples/draw_tree`;
const DRAWN_REVIEW = process.env.LOOKALIKE_DRAWN_REVIEW ?? `${target}examples/drawn_review`;
/** Longest wait for anything. Milliseconds; CI's machines are slow now and then. */
const PATIENCE_MS = 20_000;
/** For how long nothing may be on its way before a page counts as settled. Milliseconds. */
const QUIET_MS = 80;
/** What pages ask now and then by themselves. */
const PULSE = /\/api\/v1\/pulse$/;
const run = promisify(execFile);
/** Of each browser context the requests that are on their way, and when the last one ended. */
const traffic = new WeakMap();

/** Asks again until the answer is true. @template T @param {string} what @param {() => Promise<T>|T} look @returns {Promise<T>} */
export async function until(what, look) {
  const end = Date.now() + PATIENCE_MS;
  let last;
  for (;;) {
    try {
      const found = await look();
      if (found) return found;
      last = found;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`never came: ${what} (${last?.message ?? JSON.stringify(last)})`);
    await rest(25);
  }
}

let browser;
after(() => browser?.close());
const launched = async () => (browser ??= await chromium.launch({ executablePath: CHROMIUM, args: FLAGS }));

/** Where the demo's photos lie, drawn once for all tests when `.ci/browser` says where. */
let demoFolder = process.env.LOOKALIKE_E2E_DEMO;
function demo() {
  if (!demoFolder) {
    demoFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'lookalike-demo-'));
    process.on('exit', () => fs.rmSync(demoFolder, { recursive: true, force: true }));
    execFileSync(PROGRAM, ['-q', 'demo', '--folder', demoFolder], { env: { ...process.env, LOOKALIKE_CATALOG: path.join(demoFolder, 'catalog.sqlite') }, stdio: 'ignore' });
  }
  return path.join(demoFolder, 'catalog.sqlite');
}

export class World {
  /** @type {?Served} */
  served = null;
  #ends = [];

  /** @param {import('node:test').TestContext} test */
  constructor(test) {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lookalike-e2e-'));
    this.photos = path.join(this.folder, 'photos');
    this.catalog = path.join(this.folder, 'catalog.sqlite');
    fs.mkdirSync(this.photos);
    const home = (name) => path.join(this.folder, name);
    this.env = { ...process.env, LOOKALIKE_CATALOG: this.catalog, XDG_DATA_HOME: home('data'), XDG_CONFIG_HOME: home('config'), XDG_CACHE_HOME: home('cache'), XDG_STATE_HOME: home('state'), LC_ALL: 'C.UTF-8' };
    test.after(async () => {
      for (const end of this.#ends.reverse()) await end();
      await this.served?.stop();
      fs.rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** A world of files that a tree describes (`testkit::tree`), scanned. */
  static async tree(test, text) {
    const world = new World(test);
    world.draw(text);
    await world.run('scan', world.photos);
    return world;
  }

  /** A world of the demo's library. */
  static demo(test) {
    const world = new World(test);
    fs.copyFileSync(demo(), world.catalog);
    return world;
  }

  /** A world of so many groups of which only the catalog is there. */
  static drawn(test, groups) {
    const world = new World(test);
    execFileSync(DRAWN_REVIEW, [world.catalog, String(groups)], { stdio: 'ignore' });
    return world;
  }

  /** Draws more files. @param {string} text */
  draw(text) {
    execFileSync(DRAW_TREE, [this.photos], { input: text });
  }

  /** Runs the program and returns what it answers. @param {...string} words */
  async run(...words) {
    return (await run(PROGRAM, ['-q', ...words], { env: this.env, maxBuffer: 1 << 28 })).stdout;
  }

  /** What `lookalike groups` knows, by file names: one line a group. @param {...string} words */
  async groups(...words) {
    const { groups } = JSON.parse(await this.run('groups', '--json', ...words));
    return groups.map((group) => group.members.map((member) => `${path.basename(member.path)} ${member.relation} ${member.verdict}`).sort().join('; ')).sort();
  }

  /** Starts the review. @param {...string} words */
  async start(...words) {
    const child = spawn(PROGRAM, ['review', '--no-open', ...words], { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text) => { said += text; });
    const url = await new Promise((resolve, reject) => {
      createInterface(child.stdout).once('line', resolve);
      child.once('exit', (code) => reject(new Error(`the review ended with ${code}: ${said}`)));
    });
    this.served = new Served(child, new URL(url));
    await this.served.enter();
    return this.served;
  }

  /** Opens a page of the review in a browser of its own; at the end of the test it must have met nothing wrong.
   *  @param {string} [address] @param {import('playwright-core').BrowserContextOptions} [options] */
  async open(address = '/', options = {}) {
    this.served ?? await this.start();
    const context = await (await launched()).newContext({ viewport: { width: 1400, height: 900 }, locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'no-preference', ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    // `isOutside`: the test itself opens pages of other origins.
    const notes = { requests: [], violations: [], failures: [], isOutside: false };
    const running = new Set();
    traffic.set(context, { running, lastEnd: 0 });
    context.on('request', (request) => { notes.requests.push(request.url()); if (!PULSE.test(request.url())) running.add(request); });
    for (const end of ['requestfinished', 'requestfailed']) context.on(end, (request) => { running.delete(request); traffic.get(context).lastEnd = Date.now(); });
    context.on('weberror', (error) => notes.failures.push(error.error().message));
    context.on('console', (message) => {
      if (/content security policy/i.test(message.text())) notes.violations.push(message.text());
      else if (message.type() === 'error' && !/^Failed to load resource/.test(message.text())) notes.failures.push(message.text());
    });
    await context.addInitScript(() => {
      globalThis.ran = [];
      globalThis.alert = (what) => globalThis.ran.push(what);
    });
    this.#ends.push(async () => {
      await context.close();
      if (notes.isOutside) return;
      const elsewhere = notes.requests.filter((url) => !/^(blob:|data:)/.test(url) && new URL(url).hostname !== '127.0.0.1');
      assert.deepEqual({ elsewhere, violations: notes.violations, failures: notes.failures }, { elsewhere: [], violations: [], failures: [] });
    });
    const page = await context.newPage();
    page.notes = notes;
    await page.goto(this.served.url.href);
    await settled(page);
    if (address !== '/') await visit(page, new URL(address, this.served.url).href);
    return page;
  }

  /** Another tab beside that page. */
  async tab(page, address) {
    const other = await page.context().newPage();
    await visit(other, new URL(address, this.served.url).href);
    return other;
  }
}

/** A running review, and how to speak to it without a browser. */
class Served {
  cookie = '';

  constructor(child, url) {
    Object.assign(this, { child, url, host: url.host, pid: child.pid });
    this.ended = new Promise((resolve) => child.once('exit', resolve));
  }

  async enter() {
    const { headers } = await this.ask('GET', this.url.pathname + this.url.search, { cookie: null });
    this.cookie = headers['set-cookie'][0].split(';')[0];
  }

  /** Sends a request whose headers are all ours; `null` leaves one out. @returns {Promise<{status: number, headers: object, body: Buffer, text: string}>} */
  ask(method, target, headers = {}, body = null) {
    const usual = { host: this.host, cookie: this.cookie };
    if (method === 'POST') Object.assign(usual, { origin: this.url.origin, 'x-lookalike': '1', 'content-type': 'application/json' });
    const wanted = Object.fromEntries(Object.entries({ ...usual, ...headers }).filter(([, value]) => value !== null));
    return new Promise((resolve, reject) => {
      const request = http.request({ host: '127.0.0.1', port: this.url.port, method, path: target, headers: wanted, agent: false, setHost: false });
      request.on('error', reject);
      request.on('response', (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(parts);
          resolve({ status: response.statusCode, headers: response.headers, body: bytes, text: bytes.toString() });
        });
      });
      request.end(body === null ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
    });
  }

  /** Asks the API. @param {string} address below /api/v1/ */
  async get(address) {
    const { status, text } = await this.ask('GET', `/api/v1/${address}`);
    assert.equal(status, 200, text);
    // Versions have more digits than a script's numbers.
    return JSON.parse(text.replace(/"version":(-?\d+)/g, '"version":"$1"'));
  }

  /** All groups of a list, without what changes by itself. @param {string} [query] */
  async list(query = 'state=') {
    const { groups, total } = await this.get(`groups?${query}&limit=200`);
    assert.equal(groups.length, total, 'more groups than one page holds');
    return groups.map(({ version, ...group }) => group).sort((a, b) => a.id - b.id);
  }

  async stop() {
    this.child.kill('SIGTERM');
    return this.ended;
  }
}

/** Goes to an address and waits until the page is ready. */
export async function visit(page, address) {
  await page.goto(address);
  await settled(page);
}

/** Waits until the page's scripts have begun and nothing is on its way. */
export async function settled(page) {
  await page.waitForFunction(() => document.documentElement.dataset.ready || document.body.dataset.page === 'problem');
  const { running } = traffic.get(page.context());
  await until('an end of all requests', () => running.size === 0 && Date.now() - traffic.get(page.context()).lastEnd > QUIET_MS);
}

/** The group in the page: its number and version. */
export const shown = (page) => page.locator('[data-group][data-version]').evaluate(({ dataset: { group, version } }) => ({ group, version }));

/** Presses a key that decides, and waits until that is done and shown. @param {import('playwright-core').Page} page @param {string} key @param {RegExp} [address] */
export async function decide(page, key, address = /\/api\/v1\/(groups\/\d+\/decide|undo|redo)$/) {
  const answered = page.waitForResponse((response) => response.request().method() === 'POST' && address.test(response.url()));
  await page.keyboard.press(key);
  const answer = await answered;
  await settled(page);
  return answer.status();
}

/** Looks at the pictures of the stage. */
export async function pictured(page) {
  await until('the pictures of the stage', () => page.evaluate(() => {
    const panes = [...document.querySelectorAll('#stage [data-side]')];
    return panes.length === 2 && panes.every((pane) => [...pane.querySelectorAll('img')].some((image) => image.complete && image.naturalWidth > 0));
  }));
}

/** Chooses a way to compare. @param {'side'|'overlay'|'swipe'|'flicker'|'difference'} mode */
export const compare = (page, mode) => page.locator(`input[name=mode][value=${mode}]`).check({ force: true });

/** The group in which a file stands. @param {Served} served @param {string} name */
export async function groupOf(served, name) {
  const { groups } = await served.get('groups?state=&limit=200');
  const group = groups.find(({ members }) => members.some((member) => member.name === name));
  assert.ok(group, `${name} stands in a group`);
  return { ...group, member: group.members.find((member) => member.name === name).asset };
}
