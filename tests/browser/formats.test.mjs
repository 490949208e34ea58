// Formats of other tools, read by those tools: HdrHistogramJS, and google benchmark's compare.py
// where Debian's libbenchmark-tools is installed. What they read must be what the JSON report says.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as hdr from 'hdr-histogram-js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'rehearse-formats-'));
const file = (name) => join(scratch, name);

before(() => {
  for (const [name, words] of [['before', []], ['after', ['--variant', 'optimised']]]) {
    execFileSync(process.env.REHEARSE, ['run', join(root, 'scenarios/auto-post.json'), ...words,
      '--jobs', '2000', '--quiet', '--out', file(`${name}.rehearsal`),
      ...['json', 'hlog', 'benchmark.json', 'bmf.json'].flatMap((ending) =>
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
  // What github-action-benchmark's googlecpp reader takes of each.
  for (const each of benchmarks) {
    for (const field of ['real_time', 'cpu_time', 'iterations', 'threads']) {
      assert.equal(typeof each[field], 'number', field);
    }
    assert.equal(each.time_unit, 'ms');
  }
  near(benchmarks[0].real_time, report.response_s.mean * 1e3, 1e-9);
  assert.equal(benchmarks[0].iterations, report.response_s.count);
});

const compare = process.env.COMPARE_PY ?? '/usr/share/benchmark/compare.py';
const python = '/usr/bin/python3';
const usable = existsSync(compare) &&
  spawnSync(python, ['-c', 'import scipy.stats, numpy']).status === 0;
test("google benchmark's own compare.py lays two runs side by side",
  { skip: usable ? false : 'libbenchmark-tools is not installed' }, () => {
    const own = execFileSync(python, [compare, '--no-color', 'benchmarks',
      file('before.benchmark.json'), file('before.benchmark.json')], { encoding: 'utf8' });
    assert.match(own, /auto-post\/base\/single\s+\+0\.0000\s+\+0\.0000/);
    assert.match(own, /stage:image/);
  });

test('Bencher Metric Format: latency in nanoseconds between its bounds', () => {
  const report = JSON.parse(readFileSync(file('after.json'), 'utf8'));
  const all = Object.values(JSON.parse(readFileSync(file('after.bmf.json'), 'utf8')));
  const { latency, throughput } = all[0];
  near(latency.value, report.response_s.mean * 1e9, 1e-9);
  assert.ok(latency.lower_value <= latency.value && latency.value <= latency.upper_value);
  near(throughput.value, report.throughput_per_s, 1e-6);
});
