// Markdown reports as GitHub shows them: their Mermaid charts through Mermaid itself, in a browser.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'rehearse-markdown-'));
let browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu'], timeout: 0,
  });
});
after(async () => {
  await browser?.close();
  rmSync(scratch, { recursive: true, force: true });
});

function report(scenario, ...words) {
  const path = join(scratch, `${scenario}.md`);
  execFileSync(process.env.REHEARSE, ['run', join(root, 'scenarios', `${scenario}.json`), ...words,
    '--quiet', '--out', join(scratch, `${scenario}.rehearsal`), '--report', path],
  { stdio: 'pipe' });
  return readFileSync(path, 'utf8');
}

// The charts of a report, drawn: bars and their texts.
async function drawn(markdown) {
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  await page.setContent('<body></body>');
  await page.addScriptTag({
    path: join(here, 'node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js'),
  });
  const charts = [...markdown.matchAll(/^```mermaid\n(.*?)^```$/gms)].map((each) => each[1]);
  const out = await page.evaluate(async (all) => {
    mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' });
    const found = [];
    for (const [i, text] of all.entries()) {
      await mermaid.parse(text);
      const { svg } = await mermaid.render(`chart${i}`, text);
      const box = document.createElement('div');
      box.innerHTML = svg;
      const bars = [...box.querySelectorAll('rect.task')];
      found.push({
        lines: text.split('\n').filter((line) => / :/.test(line)).length,
        bars: bars.length,
        flat: bars.filter((each) => !(Number(each.getAttribute('width')) >= 0)).length,
        other: box.querySelectorAll('script, a, img, foreignObject, iframe').length,
        texts: [...box.querySelectorAll('text')].map((each) => each.textContent),
      });
    }
    return found;
  }, charts);
  await page.close();
  return out;
}

for (const [scenario, stage, ...words] of [['auto-post', 'image', '--jobs', '100'],
  ['storyboard', 'images', '--jobs', '1'], ['lectra', 'speech', '--jobs', '40']]) {
  test(`Mermaid draws a bar for each row of the waterfall of ${scenario}`, async () => {
    const charts = await drawn(report(scenario, ...words));
    assert.ok(charts.length >= 1);
    for (const chart of charts) {
      assert.ok(chart.lines >= 3);
      assert.equal(chart.bars, chart.lines);
      assert.equal(chart.flat, 0);
    }
    assert.ok(charts[0].texts.some((text) => text.includes(stage)), charts[0].texts.join('; '));
  });
}

test('Mermaid draws the worst names there are as bars, and nothing else',
  { skip: process.env.TEST_REPORTS ? false : 'TEST_REPORTS is not set' }, async () => {
    execFileSync(process.env.TEST_REPORTS,
      ['every format is written out with the worst texts there are'],
      { env: { ...process.env, REHEARSE_HOSTILE: scratch }, stdio: 'pipe' });
    let charts = 0;
    for (const name of readdirSync(scratch).filter((each) => /^\d+\.md$/.test(each))) {
      for (const chart of await drawn(readFileSync(join(scratch, name), 'utf8'))) {
        charts += 1;
        assert.equal(chart.bars, chart.lines);
        assert.equal(chart.other, 0);
      }
    }
    assert.ok(charts >= 3, `${charts} charts`);
  });
