// Formats of other tools, read by those tools. What they read must be what the JSON report says.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as hdr from 'hdr-histogram-js';
import { readOpenMetrics, renderMarkdown, validateJunit, without } from './readers.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'rehearse-formats-'));
const file = (name) => join(scratch, name);

before(() => {
  for (const [name, words] of [['before', []], ['after', ['--variant', 'optimised']]]) {
    execFileSync(process.env.REHEARSE, ['run', join(root, 'scenarios/auto-post.json'), ...words,
      '--jobs', '2000', '--quiet', '--out', file(`${name}.rehearsal`),
      ...['json', 'hlog', 'benchmark.json', 'bmf.json', 'prom', 'xml', 'md'].flatMap((ending) =>
        ['--report', file(`${name}.${ending}`)])], { stdio: 'pipe' });
  }
});
after(() => rmSync(scratch, { recursive: true, force: true }));

const near = (found, expected, share) =>
  assert.ok(Math.abs(found - expected) <= share * expected, `${found}, expected ${expected}`);

test('HdrHistogramJS reads the log: every tag, count and quantile', () => {
  const report = JSON.parse(readFileSync(file('before.json'), 'utf8'));
  const reader = new hdr.HistogramLogReader(readFileSync(file('before.hlog'), 'utf8'));
  const histograms = new Map();
  for (let each = reader.nextIntervalHistogram(); each; each = reader.nextIntervalHistogram()) {
    histograms.set(each.tag, each);
  }
  const check = (tag, spread) => {
    const histogram = histograms.get(tag);
    assert.ok(histogram, tag);
    assert.equal(histogram.totalCount, spread.count);
    // Both sides round: ours to 1/1024, theirs to three digits.
    for (const q of [50, 90, 95, 99]) {
      near(histogram.getValueAtPercentile(q), spread[`p${q}`] * 1e9, 0.004);
    }
    near(histogram.maxValue, spread.max * 1e9, 0.002);
  };
  check('response', report.response_s);
  check('first_result', report.first_result_s);
  check('stage/image', report.stages.image.response_s);
});

test("a benchmark stands for a run: its time is the mean response, its iterations the jobs", () => {
  const report = JSON.parse(readFileSync(file('before.json'), 'utf8'));
  const { benchmarks, context } = JSON.parse(readFileSync(file('before.benchmark.json'), 'utf8'));
  assert.equal(context.json_schema_version, 1);
  // What github-action-benchmark's googlecpp reader takes of each (extractGoogleCppResult of its
  // src/extract.ts at c38cce9); it finds the same benchmark of another commit by its name alone.
  for (const each of benchmarks) {
    for (const field of ['real_time', 'cpu_time', 'iterations', 'threads']) {
      assert.ok(Number.isFinite(each[field]), field);
    }
    assert.equal(each.time_unit, 'ms');
    assert.ok(typeof each.name === 'string' && each.name.length > 0);
  }
  assert.equal(new Set(benchmarks.map((each) => each.name)).size, benchmarks.length);
  near(benchmarks[0].real_time, report.response_s.mean * 1e3, 1e-9);
  assert.equal(benchmarks[0].iterations, report.response_s.count);
});

const compare = process.env.COMPARE_PY ?? '/usr/share/benchmark/compare.py';
const python = '/usr/bin/python3';
// Its scipy is stood in for: Debian's cannot be installed beside the Boost that we need.
const PYTHONPATH = fileURLToPath(new URL('stand_in', import.meta.url));
const usable = existsSync(compare) && spawnSync(python, ['-c', 'import numpy']).status === 0;
test("google benchmark's own compare.py lays two runs side by side",
  { skip: usable ? false : 'libbenchmark-tools or python3-numpy is not installed' }, () => {
    const read = (name) => JSON.parse(readFileSync(file(`${name}.json`), 'utf8'));
    const compared = (after) => execFileSync(python, ['-B', compare, '--no-color', 'benchmarks',
      file('before.benchmark.json'), file(`${after}.benchmark.json`)],
    { encoding: 'utf8', env: { ...process.env, PYTHONPATH } });
    assert.match(compared('before'), /auto-post\/base\/single\s+\+0\.0000\s+\+0\.0000/);
    assert.match(compared('before'), /stage:image/);
    const mean = (name) => read(name).response_s.mean;
    assert.ok(mean('after') < mean('before'));
  });

test('prometheus_client reads every family whole, with its unit and its figures',
  { skip: without.prometheus }, () => {
    const report = JSON.parse(readFileSync(file('before.json'), 'utf8'));
    const families = readOpenMetrics(readFileSync(file('before.prom'), 'utf8'));
    const value = (family, suffix, wanted) => {
      const found = families[family].samples.filter(([name, labels]) => name === family + suffix &&
        Object.entries(wanted).every(([key, each]) => labels[key] === each));
      assert.equal(found.length, 1, `${family}${suffix} ${JSON.stringify(wanted)}`);
      return found[0][2];
    };
    const response = 'rehearse_response_seconds';
    assert.equal(families[response].type, 'summary');
    assert.equal(families[response].unit, 'seconds');
    assert.equal(value(response, '_count', {}), report.response_s.count);
    near(value(response, '_sum', {}), report.response_s.mean * report.response_s.count, 1e-6);
    for (const [q, name] of [['0.5', 'p50'], ['0.95', 'p95'], ['0.99', 'p99']]) {
      near(value(response, '', { quantile: q }), report.response_s[name], 1e-6);
    }
    near(value('rehearse_stage_response_seconds', '', { stage: 'image', quantile: '0.95' }),
      report.stages.image.response_s.p95, 1e-6);
    assert.equal(value('rehearse_jobs', '', { end: 'done' }), report.jobs.done);
  });

test('JUnit fits the Jenkins schema, a test case for each objective',
  { skip: without.xmllint }, () => {
    const report = JSON.parse(readFileSync(file('before.json'), 'utf8'));
    const text = readFileSync(file('before.xml'), 'utf8');
    validateJunit(text);
    assert.equal(text.match(/<testcase /g).length, report.objectives.length + 1);
    assert.throws(() => validateJunit(text.replace('<testsuite ', '<testsuit ')));
  });

test("GitHub's renderer finds every table and heading of the Markdown, and nothing raw",
  { skip: without.cmark }, () => {
    const text = readFileSync(file('before.md'), 'utf8');
    const html = renderMarkdown(text);
    const count = (from, what) => (from.match(what) ?? []).length;
    assert.equal(count(html, /<table>/g), count(text, /^\| ?:?---/gm));
    assert.equal(count(html, /<h3>/g), count(text, /^### /gm));
    assert.equal(count(html, /<pre><code class="language-mermaid">/g), 1);
    for (const row of html.matchAll(/<tr>(.*?)<\/tr>/gs)) {
      assert.ok(count(row[1], /<t[hd]/g) >= 2, row[1]);
    }
    assert.equal(count(html, /<details>/g), count(html, /<\/details>/g));
    assert.doesNotMatch(html, /[*|`]{2}|<a |<img/);
  });

test('Bencher Metric Format: latency in nanoseconds between its bounds', () => {
  const report = JSON.parse(readFileSync(file('after.json'), 'utf8'));
  const all = Object.values(JSON.parse(readFileSync(file('after.bmf.json'), 'utf8')));
  const { latency, throughput } = all[0];
  near(latency.value, report.response_s.mean * 1e9, 1e-9);
  assert.ok(latency.lower_value <= latency.value && latency.value <= latency.upper_value);
  near(throughput.value, report.throughput_per_s, 1e-6);
});

// bencher.dev/docs/reference/bencher-metric-format: benchmarks, then measures by their slugs, then
// a value and its bounds, all numbers.
test('Bencher Metric Format has nothing but what Bencher takes', () => {
  for (const [name, measures] of Object.entries(JSON.parse(readFileSync(file('after.bmf.json'),
    'utf8')))) {
    assert.ok(name.length > 0 && name.length <= 1024);
    assert.ok(Object.keys(measures).length > 0, name);
    for (const [slug, metric] of Object.entries(measures)) {
      assert.match(slug, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.ok(Object.keys(metric).every((key) =>
        ['value', 'lower_value', 'upper_value'].includes(key)), `${name} ${slug}`);
      assert.ok(Object.values(metric).every(Number.isFinite), `${name} ${slug}`);
    }
  }
});
