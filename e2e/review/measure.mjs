// How the review bears a large catalog: node measure.mjs CATALOG. Prints a table; works on a copy of the catalog.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as rest } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { CHROMIUM, FLAGS } from './chromium.mjs';

const PAGES = 50;
/** Groups that are scrolled through by small steps, before the whole list by large ones. */
const NEAR_GROUPS = 1000;
/** Screens of the whole list. */
const JUMPS = 400;
const [catalog] = process.argv.slice(2);
if (!catalog) throw new Error('give the path of a catalog (drawn by `cargo run --release -p pipeline --example drawn_review -- CATALOG GROUPS`)');
const program = process.env.LOOKALIKE_BIN ?? fileURLToPath(new URL('../../target/release/lookalike', import.meta.url));
const folder = fs.mkdtempSync(path.join(process.env.LOOKALIKE_MEASURE_DIR ?? path.dirname(catalog), 'measure-'));
const table = [];
const tell = (what, value, unit) => { table.push([what, value, unit]); console.error(`${what}: ${value} ${unit}`); };
const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const round = (value, digits = 1) => Number(value.toFixed(digits));

const kib = (pid, name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
const mb = (pid, name) => round(kib(pid, name) / 1024, 0);
/** The processes that draw pages. */
function renderers(pid) {
  const all = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 1 << 26 }).trim().split('\n').map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)).filter(Boolean);
  const below = new Set([String(pid)]);
  for (let grew = true; grew;) {
    grew = false;
    for (const [, child, parent] of all) if (below.has(parent) && !below.has(child)) { below.add(child); grew = true; }
  }
  return all.filter(([, child, , args]) => below.has(child) && args.includes('--type=renderer')).map(([, child]) => Number(child));
}

async function start() {
  const began = performance.now();
  const env = { ...process.env, LOOKALIKE_CATALOG: path.join(folder, 'c.sqlite'), XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder };
  const child = spawn(program, ['-q', 'review', '--no-open'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = new URL(await new Promise((resolve, reject) => { createInterface(child.stdout).once('line', resolve); child.once('exit', reject); }));
  const started = performance.now() - began;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const agent = new http.Agent({ keepAlive: true });
  let cookie = '';
  /** Returns milliseconds until the first byte and until the last, and what came. */
  const ask = (address) => new Promise((resolve, reject) => {
    const at = performance.now();
    http.get({ agent, host: '127.0.0.1', port: url.port, path: address, headers: { host: url.host, cookie } }, (response) => {
      const first = performance.now() - at;
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ first, whole: performance.now() - at, headers: response.headers, text: Buffer.concat(parts).toString() }));
    }).on('error', reject);
  });
  cookie = (await ask(url.pathname + url.search)).headers['set-cookie'][0].split(';')[0];
  return { pid: child.pid, url, ask, started, stop: async () => { agent.destroy(); child.kill('SIGTERM'); await ended; } };
}

async function pages() {
  const fresh = await start();
  tell('start of the program until its address is printed', round(fresh.started, 0), 'ms');
  tell('first list page after a fresh start (/groups?state=open)', round((await fresh.ask('/groups?state=open')).first), 'ms');
  tell('list page again', round((await fresh.ask('/groups?state=open')).first), 'ms');
  const first = await fresh.ask('/api/v1/groups?state=open&limit=50');
  tell('first rows after a fresh start (/api/v1/groups)', round(first.first), 'ms');
  const times = [];
  let { next, total } = JSON.parse(first.text);
  for (let page = 0; page < PAGES && next; page += 1) {
    const answer = await fresh.ask(`/api/v1/groups?state=open&limit=50&after=${encodeURIComponent(next)}`);
    times.push(answer.first);
    ({ next } = JSON.parse(answer.text));
  }
  tell('groups in that list', total, '');
  tell(`next page of rows, median of ${times.length}`, round(middle(times)), 'ms');
  tell(`next page of rows, worst of ${times.length}`, round(Math.max(...times)), 'ms');
  const far = [];
  for (let page = 0; page < PAGES; page += 1) far.push((await fresh.ask(`/api/v1/groups?state=open&limit=50&at=${Math.floor((total - 50) * (page / (PAGES - 1)))}`)).first);
  tell(`rows at a far place, median of ${PAGES}`, round(middle(far)), 'ms');
  tell(`rows at a far place, worst of ${PAGES}`, round(Math.max(...far)), 'ms');
  for (const sort of ['date', 'folder', 'confidence', 'members']) tell(`first rows by ${sort}`, round((await fresh.ask(`/api/v1/groups?state=&sort=${sort}&limit=50`)).first), 'ms');
  tell('overview, first', round((await fresh.ask('/')).first), 'ms');
  tell('overview, again', round((await fresh.ask('/')).first), 'ms');
  await fresh.stop();
}

/** Memory that only this process holds. Megabytes. */
const privately = (pid) => Math.round(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').split('\n').filter((line) => line.startsWith('Private_')).reduce((sum, line) => sum + Number(line.split(/\s+/)[1]), 0) / 1000);

async function browser() {
  const served = await start();
  // A browser's own switches for exact figures of memory.
  const own = await chromium.launchServer({ executablePath: CHROMIUM, args: [...FLAGS, '--enable-precise-memory-info', '--js-flags=--expose-gc'] });
  const seen = await chromium.connect(own.wsEndpoint());
  const context = await seen.newContext({ viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  await page.goto(served.url.href);
  const paint = async (address) => {
    const times = [];
    for (let turn = 0; turn < 5; turn += 1) {
      await page.goto(new URL(address, served.url).href);
      await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
      times.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime));
    }
    return times;
  };
  const { groups, total } = JSON.parse((await served.ask('/api/v1/groups?state=open&limit=5')).text);
  for (const [name, address] of [['overview', '/'], ['list', '/groups?state=open'], ['group', `/groups/${groups[0].id}?state=open`]]) {
    const times = await paint(address);
    tell(`first paint with content, ${name}, median of ${times.length}`, round(middle(times), 0), 'ms');
    tell(`first paint with content, ${name}, worst`, round(Math.max(...times), 0), 'ms');
  }
  await page.goto(new URL('/groups?state=open', served.url).href);
  await page.waitForSelector('a[data-group]');
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable');
  const memory = async (what) => {
    await cdp.send('HeapProfiler.collectGarbage');
    const { metrics } = await cdp.send('Performance.getMetrics');
    const metric = (name) => metrics.find((one) => one.name === name).value;
    tell(`page's heap ${what}`, round(metric('JSHeapUsedSize') / 1e6), 'MB');
    tell(`nodes in the page ${what}`, await page.evaluate(() => document.querySelectorAll('*').length), '');
    const pids = renderers(own.process().pid);
    tell(`renderer's memory (RSS) ${what}`, Math.max(...pids.map((pid) => mb(pid, 'VmRSS'))), 'MB');
    tell(`of it not shared with other processes ${what}`, Math.max(...pids.map(privately)), 'MB');
  };
  await memory('at first');
  const scroll = (pixels, steps) => page.evaluate(async ([pixels, steps]) => {
    const list = document.querySelector('[data-query]');
    const frames = [];
    let last = performance.now();
    for (let step = 0; step < steps; step += 1) {
      list.scrollTop += pixels;
      const at = await new Promise(requestAnimationFrame);
      frames.push(at - last);
      last = at;
    }
    return { frames: frames.slice(1), top: list.scrollTop, height: list.scrollHeight };
  }, [pixels, steps]);
  const row = await page.evaluate(() => document.querySelector('a[data-group]').closest('[aria-posinset]').getBoundingClientRect().height);
  const told = (what, frames) => {
    tell(`frames while scrolling ${what}`, frames.length, '');
    tell(`median frame ${what}`, round(middle(frames)), 'ms');
    tell(`99 of 100 frames ${what} are shorter than`, round([...frames].sort((a, b) => a - b)[Math.floor(frames.length * 0.99)]), 'ms');
    tell(`longest frame ${what}`, round(Math.max(...frames)), 'ms');
  };
  const near = await scroll(row / 2, NEAR_GROUPS * 2);
  told(`through ${NEAR_GROUPS} groups`, near.frames);
  await memory(`after ${NEAR_GROUPS} groups`);
  const step = near.height / JUMPS;
  const frames = [];
  for (let jump = 0; jump < JUMPS; jump += 20) {
    frames.push(...(await scroll(step, 20)).frames);
    await page.waitForSelector('a[data-group]');
  }
  await page.evaluate(() => { const list = document.querySelector('[data-query]'); list.scrollTop = list.scrollHeight; });
  await page.waitForSelector(`[aria-posinset="${total}"] a[data-group]`);
  told(`through the whole list of ${total} groups`, frames);
  await memory('after the whole list');
  // A sitting: groups are looked at and decided one after the other.
  await page.goto(new URL(`/groups/${groups[0].id}?state=open`, served.url).href);
  await page.waitForFunction(() => document.documentElement.dataset.ready);
  const steps = [];
  for (let at = 0; at < 30; at += 1) {
    const before = page.url();
    const began = performance.now();
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.href !== before);
    steps.push(performance.now() - began);
    await rest(20);
  }
  tell(`Enter until the next group is there, median of ${steps.length}`, round(middle(steps), 0), 'ms');
  tell(`Enter until the next group is there, worst of ${steps.length}`, round(Math.max(...steps), 0), 'ms');
  tell('memory of the program after 30 decisions (VmRSS)', mb(served.pid, 'VmRSS'), 'MB');
  tell('most memory of the program (VmHWM)', mb(served.pid, 'VmHWM'), 'MB');
  await seen.close();
  await own.close();
  await served.stop();
}

try {
  fs.copyFileSync(catalog, path.join(folder, 'c.sqlite'), fs.constants.COPYFILE_FICLONE);
  await pages();
  await browser();
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
console.log(`\n${os.cpus().length} cores, ${os.cpus()[0].model}, ${path.basename(catalog)}\n`);
for (const [what, value, unit] of table) console.log(`| ${what} | ${value} ${unit} |`);
