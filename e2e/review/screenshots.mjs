// Draws the pictures of the README from the demo's library: node screenshots.mjs FOLDER. The photos in them are drawn by the program itself.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { CHROMIUM, FLAGS } from './chromium.mjs';

const SIZE = { width: 1200, height: 750 };
const LARGEST_BYTES = 200_000;
const [folder] = process.argv.slice(2);
if (!folder) throw new Error('give a folder for the pictures');
const program = process.env.LOOKALIKE_BIN ?? fileURLToPath(new URL('../../target/release/lookalike', import.meta.url));
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'screenshots-'));
/** Its path stands in the pictures. */
const library = path.join(os.tmpdir(), 'Photos');
if (fs.existsSync(library)) throw new Error(`${library} is there already`);
const env = { ...process.env, LOOKALIKE_CATALOG: path.join(library, 'catalog.sqlite'), XDG_DATA_HOME: work, XDG_CONFIG_HOME: work, XDG_CACHE_HOME: work };
execFileSync(program, ['-q', 'demo', '--folder', library], { env, stdio: 'ignore' });
const served = spawn(program, ['-q', 'review', '--no-open', '--with', 'edited'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
const url = new URL(await new Promise((resolve) => { createInterface(served.stdout).once('line', resolve); }));
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
try {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ viewport: SIZE, colorScheme, locale: 'en-GB', timezoneId: 'Europe/Berlin' });
    const page = await context.newPage();
    const shot = async (name) => {
      await page.waitForLoadState('networkidle');
      await page.evaluate(() => document.activeElement?.blur());
      // The best quality that fits.
      for (let quality = 90; ; quality -= 10) {
        const bytes = await page.screenshot({ type: 'jpeg', quality });
        if (bytes.length > LARGEST_BYTES && quality > 30) continue;
        fs.writeFileSync(path.join(folder, `review-${name}.jpg`), bytes);
        break;
      }
    };
    const visit = async (address) => { await page.goto(new URL(address, url).href); await page.waitForFunction(() => document.documentElement.dataset.ready); };
    await page.goto(url.href);
    const api = (address) => page.evaluate(async (address) => (await fetch(`/api/v1/${address}`)).json(), address);
    /** Opens a group with a member of that relation, which is looked at. */
    const group = async (relation, at = 0) => {
      const { groups } = await api(`groups?state=&relation=${relation}&sort=bytes`);
      if (at >= groups.length) return false;
      await visit(`/groups/${groups[at].id}?state=open`);
      await page.locator('[role=option]').nth(groups[at].members.findIndex((one) => one.relation === relation)).click();
      await page.locator('#stage [data-side=member] img').waitFor({ state: 'attached' });
      return true;
    };
    const compare = (mode) => page.locator(`input[name=mode][value=${mode}]`).check({ force: true });
    if (colorScheme === 'light') {
      await visit('/');
      await shot('overview');
      await visit('/groups?state=open');
      await page.locator('a[data-group]').first().waitFor();
      await shot('list');
      await group('thumbnail');
      await shot('group');
      // Of the edited ones the one that differs in the smallest place.
      let [best, least] = [0, Infinity];
      for (let at = 0; await group('edited', at); at += 1) {
        await compare('difference');
        const share = parseFloat(await page.getByText(/of the pixels differ/).textContent());
        if (share < least) [best, least] = [at, share];
      }
      await group('edited', best);
      await compare('difference');
      await page.getByText(/of the pixels differ/).waitFor();
      await shot('difference');
    } else {
      await group('re-encoded', 5);
      await compare('swipe');
      await shot('dark');
    }
    await context.close();
  }
} finally {
  await browser.close();
  served.kill('SIGTERM');
  for (const made of [work, library]) fs.rmSync(made, { recursive: true, force: true });
}
