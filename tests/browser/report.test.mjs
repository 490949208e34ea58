// HTML reports in a real headless Chromium: nothing on the console, no violation of the page's
// own security policy, every section reachable, dark and light, a phone's width, scripts blocked,
// print.
// What is compared with tests/golden/browser is the shape of the page, not its pixels: fonts differ
// from machine to machine. UPDATE_GOLDEN=1 rewrites it. SCREENSHOTS=DIR also writes pictures.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const golden = join(root, 'tests/golden/browser');
const scratch = mkdtempSync(join(tmpdir(), 'rehearse-browser-'));
const scenario = (name) => join(root, 'scenarios', `${name}.json`);

const reports = {
  run: ['run', scenario('auto-post'), '--jobs', '400'],
  load: ['run', scenario('talking-photo'), '--workload', 'users_100', '--jobs', '2000'],
  comparison: ['compare', scenario('auto-post'), '--after', 'optimised', '--jobs', '400'],
  sweep: ['run', scenario('auto-post'), '--jobs', '80', '--sweep', 'concurrency=1,2,4',
    '--sweep', 'chat_model=gpt-4o,gpt-4o-mini', '--sweep', 'image_size=1024x1024,1792x1024'],
};
// Studies of other verbs, which make no run file of their own.
const studies = {
  audit: ['audit', scenario('auto-post'), '--jobs', '100'],
  whatif: ['whatif', scenario('auto-post'), '--jobs', '40'],
  suggest: ['whatif', scenario('auto-post'), '--suggest', '--jobs', '40'],
  model: ['whatif', scenario('auto-post'), '--jobs', '20', '--recording',
    join(scratch, 'run.rehearsal')],
  plan: ['plan', scenario('talking-photo'), '--axis', 'rate', '--jobs', '2000', '--precision',
    '0.1'],
  aa: ['aa', scenario('auto-post'), '--jobs', '100', '--seeds', '6'],
  gate: ['gate', join(scratch, 'candidate.rehearsal'), '--baseline',
    join(scratch, 'baseline.rehearsal')],
  history: ['history', join(scratch, 'history.rehearsal')],
};
const pages = [...Object.keys(reports), ...Object.keys(studies)];
const file = (name) => join(scratch, `${name}.html`);
const rehearse = (...words) =>
  execFileSync(process.env.REHEARSE, [...words, '--quiet'], { stdio: 'pipe', cwd: scratch });

// What a gate and a history read: two runs, and eight of a branch whose level changes.
function makeRuns() {
  const run = (out, ...more) => rehearse('run', scenario('auto-post'), '--jobs', '100', '--out',
    join(scratch, `${out}.rehearsal`), ...more);
  run('baseline', '--seed', '1');
  run('candidate', '--seed', '1', '--variant', 'smaller_image');
  for (let i = 1; i <= 12; i++) {
    run('history', '--append', '--seed', String(i), '--label', `c${i}`, '--branch', 'main',
      ...(i > 6 ? ['--variant', 'smaller_image'] : []));
  }
}

let browser;
before(async () => {
  for (const [name, words] of Object.entries(reports)) {
    rehearse(...words, '--seed', '1', '--out', join(scratch, `${name}.rehearsal`),
      '--report', file(name));
  }
  makeRuns();
  for (const [name, words] of Object.entries(studies)) {
    rehearse(...words, '--report', file(name));
  }
  // No time limit is a verdict: a busy machine is no defect, and ctest ends what hangs.
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu'], timeout: 0,
  });
});
after(async () => {
  await browser?.close();
  rmSync(scratch, { recursive: true, force: true });
});

// Opens a report; `complaints` collects all that a reader's console would show.
async function open(name, { charts = true, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(0);
  page.setDefaultNavigationTimeout(0);
  const complaints = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) complaints.push(`request: ${request.url()}`);
  });
  await page.addInitScript(() => addEventListener('securitypolicyviolation', (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)));
  await page.goto(pathToFileURL(file(name)).href);
  if (charts) {
    // Drawn, or a complaint that keeps it from being drawn.
    const drawn = page.waitForFunction(() => document.documentElement.dataset.charts);
    const broken = new Promise((resolve) => page.on('pageerror', resolve));
    await Promise.race([drawn, broken]);
  }
  return { page, complaints, close: () => context.close() };
}

async function picture(page, name) {
  if (!process.env.SCREENSHOTS) return;
  mkdirSync(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true });
}

// Texts of charts that leave their picture: titles, names of a legend, figures beside bars.
const cutTexts = () => [...document.querySelectorAll('.plot svg')].flatMap((svg) => {
  const around = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.width > 0 && (box.left < around.left - 2 || box.right > around.right + 2);
  }).map((text) => text.textContent);
});

// What is where, without sizes that depend on fonts.
const shape = () => {
  const all = (from, what) => [...from.querySelectorAll(what)];
  const share = (element) => {
    const around = element.closest('section').getBoundingClientRect();
    const box = element.getBoundingClientRect();
    return [(box.left - around.left) / around.width, box.width / around.width]
      .map((each) => Math.round(each * 10) / 10);
  };
  return {
    title: document.title,
    landmarks: all(document.body, 'header, nav, main, footer').map((each) => each.localName),
    figures: all(document, '.figures dt').map((each) => each.textContent),
    sections: all(document, 'main section').map((section) => ({
      title: section.querySelector('h2').textContent,
      tables: all(section, 'table').map((table) =>
        [table.caption.textContent.replace(/[0-9].*/, '#'),
          table.tHead.rows[0].cells.length].join(': ')),
      charts: all(section, 'figure').map((figure) => ({
        title: figure.querySelector('h3').textContent,
        table_open: figure.querySelector(':scope > details')?.open ?? true,
        plots: all(figure, '.plot').map((plot) => ({
          place: share(plot),
          marks: Object.fromEntries(all(plot, 'g[class*="role-mark"]')
            .map((mark) => [mark.getAttribute('class').split(' ')
              .filter((word) => word.startsWith('mark-') || /^layer/.test(word)).join(' '),
            mark.children.length > 3 ? 'many' : mark.children.length])),
        })),
      })),
    })),
  };
};

// What a screen reader is told: one heading of the page, charts as images with words of their own,
// tables with captions and headers that know what they head.
async function checkRoles(page) {
  const wrong = await page.evaluate(() => {
    const all = (what) => [...document.querySelectorAll(what)];
    return [
      ...all('h1').slice(1),
      ...all('svg:not([aria-hidden])').filter((each) => !each.closest('.plot')),
      ...all('.plot').filter((each) => each.getAttribute('role') !== 'img' ||
        (each.getAttribute('aria-label') ?? '').length <= 10),
      ...all('main table').filter((each) => (each.caption?.textContent ?? '').length <= 3),
      ...all('thead th:not([scope=col]), tbody th:not([scope=row])'),
      ...all('.scroll:not([tabindex="0"]), .code pre:not([tabindex="0"])'),
    ].map((each) => each.outerHTML.slice(0, 120));
  });
  assert.deepEqual(wrong, []);
}

for (const name of pages) {
  test(`the ${name} report draws every chart without a complaint, in its known shape`, async () => {
    const { page, complaints, close } = await open(name);
    assert.deepEqual(complaints, []);
    const plots = await page.locator('script[data-plot]').count();
    assert.ok(plots > 0 || name === 'aa');
    assert.equal(await page.evaluate(() => Number(document.documentElement.dataset.charts)), plots);
    for (const box of await page.locator('.plot svg').all()) {
      const { width, height } = await box.boundingBox();
      assert.ok(width > 200 && height > 60, `a chart of ${width} x ${height}`);
    }
    await checkRoles(page);
    const found = JSON.stringify(await page.evaluate(shape), null, 1) + '\n';
    const path = join(golden, `${name}.json`);
    if (process.env.UPDATE_GOLDEN === '1') {
      mkdirSync(golden, { recursive: true });
      writeFileSync(path, found);
    }
    assert.equal(found, readFileSync(path, 'utf8'));
    await picture(page, name);
    await close();
  });

  test(`the ${name} report fits a phone without scrolling sideways, in the dark`, async () => {
    const { page, complaints, close } = await open(name,
      { viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${wide} px wide`);
    assert.deepEqual(await page.evaluate(cutTexts), []);
    assert.deepEqual(complaints, []);
    await picture(page, `${name}-phone-dark`);
    await close();
  });

  test(`the ${name} report keeps all its tables where scripts are blocked`, async () => {
    const { page, close } = await open(name, { javaScriptEnabled: false, charts: false });
    const tables = await page.locator('main table').all();
    assert.ok(tables.length >= 1);
    for (const table of tables) {
      assert.ok(await table.isVisible());
    }
    assert.ok(await page.getByText('Scripts are blocked here').isVisible());
    await close();
  });
}

const luminance = ([r, g, b]) => [r, g, b]
  .map((each) => each / 255)
  .map((each) => (each <= 0.03928 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
  .reduce((sum, each, i) => sum + each * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (a, b) => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
};

for (const colorScheme of ['light', 'dark']) {
  test(`words stand out from their ground in ${colorScheme} mode (WCAG AA)`, async () => {
    const { page, close } = await open('comparison', { colorScheme });
    const pairs = await page.evaluate(() => {
      const rgb = (text) => text.match(/[\d.]+/g).map(Number);
      const ground = (element) => {
        for (let each = element; each; each = each.parentElement) {
          const colour = rgb(getComputedStyle(each).backgroundColor);
          if (colour.length < 4 || colour[3] > 0) return colour.slice(0, 3);
        }
        return [255, 255, 255];
      };
      return [...document.querySelectorAll('p, td, th, a, h1, h2, h3, dt, span, summary, svg text')]
        .filter((each) => each.textContent.trim() && each.getBoundingClientRect().width > 0)
        .map((each) => ({
          text: each.textContent.slice(0, 40), ground: ground(each),
          colour: rgb(each.localName === 'text' ? getComputedStyle(each).fill
            : getComputedStyle(each).color).slice(0, 3),
        }));
    });
    assert.ok(pairs.length > 100);
    const weak = pairs.filter((each) => contrast(each.colour, each.ground) < 4.5);
    assert.deepEqual(weak, []);
    await picture(page, `comparison-${colorScheme}`);
    await close();
  });
}

test('a keyboard reaches sections and tables', async () => {
  const { page, close } = await open('comparison');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  await page.keyboard.press('Enter');
  assert.match(page.url(), /#main$/);
  for (const link of await page.locator('nav a').all()) {
    const target = await link.getAttribute('href');
    await link.focus();
    await page.keyboard.press('Enter');
    assert.ok(await page.locator(target).isVisible(), target);
  }
  const folded = page.locator('main details:not([open]) summary').first();
  await folded.focus();
  await page.keyboard.press('Enter');
  await close();
});

for (const name of ['comparison', 'suggest', 'plan']) {
  test(`on paper every table of the ${name} report is open, dark on white, nothing cut off`,
    async () => {
    const { page, close } = await open(name, { colorScheme: 'dark' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    assert.equal(await page.locator('main details:not([open])').count(), 0);
    assert.equal(await page.locator('nav').isVisible(), false);
    const colours = await page.evaluate(() => [getComputedStyle(document.body).backgroundColor,
      getComputedStyle(document.body).color]);
    assert.deepEqual(colours, ['rgb(255, 255, 255)', 'rgb(0, 0, 0)']);
    const pdf = await page.pdf({ format: 'A4' });
    assert.ok(pdf.length > 20_000);
    await page.setViewportSize({ width: 700, height: 900 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 700);
    await close();
  });
}

test('a report of 100,000 jobs is under 2 MB, its own data under 1 MB', () => {
  execFileSync(process.env.REHEARSE, ['run', scenario('auto-post'), '--jobs', '100000', '--quiet',
    '--out', join(scratch, 'large.rehearsal'), '--report', file('large')], { stdio: 'pipe' });
  assert.ok(statSync(file('large')).size < 2_000_000);
  const text = readFileSync(file('large'), 'utf8');
  const body = text.slice(text.indexOf('<body>'), text.indexOf('</main>'));
  assert.ok(body.length < 1_000_000);
});
