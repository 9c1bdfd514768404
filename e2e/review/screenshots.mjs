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
const library = path.join(work, 'demo');
const env = { ...process.env, LOOKALIKE_CATALOG: path.join(library, 'catalog.sqlite'), XDG_DATA_HOME: work, XDG_CONFIG_HOME: work, XDG_CACHE_HOME: work };
execFileSync(program, ['-q', 'demo', '--folder', library], { env: { ...env, LOOKALIKE_CATALOG: '' }, stdio: 'ignore' });
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
    const group = async (relation, member = 1) => {
      const { groups } = await api(`groups?state=&relation=${relation}&sort=bytes`);
      await visit(`/groups/${groups[0].id}?state=open`);
      const at = Math.max(groups[0].members.findIndex((one) => one.relation === relation), member);
      await page.locator('[role=option]').nth(at).click();
      await page.locator('#stage [data-side=member] img').waitFor();
    };
    if (colorScheme === 'light') {
      await visit('/');
      await shot('overview');
      await visit('/groups?state=open');
      await page.locator('a[data-group]').first().waitFor();
      await shot('list');
      await group('thumbnail');
      await shot('group');
      await group('edited');
      await page.locator('input[name=mode][value=difference]').check({ force: true });
      await page.getByText(/of the pixels differ/).waitFor();
      await shot('difference');
    } else {
      await group('re-encoded');
      await page.locator('input[name=mode][value=swipe]').check({ force: true });
      await shot('dark');
    }
    await context.close();
  }
} finally {
  await browser.close();
  served.kill('SIGTERM');
  fs.rmSync(work, { recursive: true, force: true });
}
