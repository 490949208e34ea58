// What a report's charts look like: for each kind of data that stands in the page, a Vega-Lite
// specification. Colours are CSS variables, so that dark mode and printing change them without
// drawing again.
const rehearsePlots = (() => {
  'use strict';

  const font = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
  const colours = {
    main: 'var(--accent)', before: 'var(--before)', after: 'var(--after)',
    good: 'var(--good)', bad: 'var(--bad)', warn: 'var(--warn)', plain: 'var(--before)',
  };
  const palette = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `var(--s${n})`);
  const narrow = () => window.innerWidth < 640;

  const config = () => ({
    font, background: null, aria: false, view: { stroke: null },
    axis: {
      labelColor: 'var(--muted)', titleColor: 'var(--muted)', gridColor: 'var(--line)',
      domainColor: 'var(--line)', tickColor: 'var(--line)', titleFontWeight: 500,
      labelFontSize: 12, titleFontSize: 12, titlePadding: 8, labelLimit: narrow() ? 110 : 260,
    },
    legend: {
      labelColor: 'var(--fg)', titleColor: 'var(--muted)', labelFontSize: 12, titleFontSize: 12,
      orient: 'top', symbolStrokeWidth: 3, labelLimit: 300, columns: narrow() ? 2 : 0,
    },
    text: { color: 'var(--fg)', fontSize: 12 },
    axisX: { tickCount: narrow() ? 5 : 10 },
    // Plots that stand below each other have one left edge.
    axisYQuantitative: { minExtent: narrow() ? 38 : 52 },

    rule: { color: 'var(--muted)' },
  });

  const rows = (names, values) =>
    values.map((each) => Object.fromEntries(names.map((name, i) => [name, each[i]])));

  const series = (names, tones) => ({
    field: 'series', type: 'nominal', title: null,
    legend: names.length > 1 ? {} : null, sort: names,
    scale: { domain: names, range: names.map((_, i) => colours[tones?.[i]] ?? palette[i % 8]) },
  });

  const amount = (title, more = {}) => ({ type: 'quantitative', title, ...more });

  // Cumulative shares of jobs by response time, with the band of their quantiles.
  function distribution(d) {
    const names = d.series.map((each) => each.name);
    const colour = series(names, d.series.map((each) => each.tone));
    const x = amount(d.x, { field: 'x',
      scale: d.log ? { type: 'log', nice: false } : { zero: false } });
    const points = d.series.flatMap((each) =>
      rows(['x', 'share'], each.points).map((p) => ({ ...p, series: each.name })));
    const band = d.series.flatMap((each) =>
      rows(['share', 'low', 'high'], each.band).map((p) => ({ ...p, series: each.name })));
    const marks = rows(['x', 'label'], d.marks ?? [])
      .map((each, i) => ({ ...each, at: 0.02 + i * 0.09 }));
    const all = points.map((p) => p.x);
    const edge = Math.min(...all) + 0.75 * (Math.max(...all) - Math.min(...all));
    return {
      height: 260,
      layer: [
        ...(band.length ? [{
          data: { values: band },
          mark: { type: 'area', orient: 'horizontal', opacity: 0.22 },
          encoding: {
            y: { field: 'share', type: 'quantitative' }, x: { ...x, field: 'low' },
            x2: { field: 'high' }, color: colour,
          },
        }] : []),
        {
          data: { values: points },
          mark: { type: 'line', strokeWidth: 2.5, interpolate: d.step ? 'step-after' : 'linear' },
          encoding: {
            x, color: colour, order: { field: 'share' },
            y: { field: 'share', type: 'quantitative', title: 'share of jobs',
              axis: { format: '.0%' }, scale: { domain: [0, 1] } },
            tooltip: [{ field: 'series' }, { field: 'x', title: d.x, format: '.4~g' },
              { field: 'share', format: '.1%' }],
          },
        },
        ...(marks.length ? [
          { data: { values: marks }, mark: { type: 'rule', strokeDash: [3, 3] },
            encoding: { x: { ...x } } },
          ...[[false, 'left', 4], [true, 'right', -4]].map(([far, align, dx]) => ({
            data: { values: marks.filter((each) => (each.x > edge) === far) },
            mark: { type: 'text', align, baseline: 'bottom', dx },
            encoding: { x: { ...x }, y: { field: 'at', type: 'quantitative' },
              text: { field: 'label' } } })),
        ] : []),
      ],
    };
  }

  // How many pairs of jobs changed by how much.
  function differences(d) {
    const values = rows(['from', 'to', 'share', 'kind'], d.bins);
    return {
      height: 200, data: { values },
      layer: [
        { mark: { type: 'bar', binSpacing: 1 },
          encoding: {
            x: amount(d.x, { field: 'from', bin: { binned: true }, axis: { tickCount: 8 } }),
            x2: { field: 'to' },
            y: amount('share of pairs', { field: 'share', axis: { format: '.0%' } }),
            color: { field: 'kind', type: 'nominal', title: null, legend: {},
              scale: { domain: ['faster', 'slower'], range: [colours.good, colours.bad] } },
            tooltip: [{ field: 'from', format: '.4~g' }, { field: 'to', format: '.4~g' },
              { field: 'share', format: '.1%' }],
          } },
        { data: { values: [{ zero: 0 }] }, mark: { type: 'rule', strokeWidth: 1.5 },
          encoding: { x: { field: 'zero', type: 'quantitative' } } },
      ],
    };
  }

  // Changes with their intervals, one row each, around no change.
  function changes(d) {
    const names = ['metric', 'change', 'low', 'high', 'verdict'];
    const values = rows(names, d.rows);
    const verdicts = d.outcomes ? ['pass', 'inconclusive', 'fail']
      : ['improved', 'same', 'inconclusive', 'regressed'];
    const tones = d.outcomes ? ['good', 'warn', 'bad'] : ['good', 'plain', 'warn', 'bad'];
    const shapes = d.outcomes ? ['circle', 'diamond', 'triangle-right']
      : ['triangle-left', 'circle', 'diamond', 'triangle-right'];
    const y = { field: 'metric', type: 'nominal', title: null,
      sort: values.map((each) => each.metric) };
    const colour = {
      field: 'verdict', type: 'nominal', title: null, legend: {},
      scale: { domain: verdicts, range: tones.map((tone) => colours[tone]) },
    };
    const axis = { format: '+.1~%', tickCount: narrow() ? 4 : 8 };
    const ends = values.flatMap((each) => [each.change, each.low, each.high])
      .filter((each) => each !== null);
    // Two percent at least, or noise would look like a change.
    const [least, most] = [Math.min(-0.02, ...ends), Math.max(0.02, ...ends)];
    const room = (most - least) * 0.04;
    const scale = { domain: [least - room, most + room], nice: false };
    return {
      height: { step: 30 }, data: { values },
      layer: [
        { data: { values: [{ zero: 0 }] }, mark: { type: 'rule', strokeDash: [3, 3] },
          encoding: { x: { field: 'zero', type: 'quantitative' } } },
        { data: { values: values.filter((each) => each.low !== null) },
          mark: { type: 'rule', strokeWidth: 4, opacity: 0.45, strokeCap: 'round' },
          encoding: { y, x: amount('change', { field: 'low', axis, scale }), x2: { field: 'high' },
            color: colour } },
        { mark: { type: 'point', filled: true, size: 80, opacity: 1 },
          encoding: { y, x: amount('change', { field: 'change', axis, scale }), color: colour,
            shape: { field: 'verdict', type: 'nominal', title: null, legend: {},
              scale: { domain: verdicts, range: shapes } },
            tooltip: names.map((field) => ({ field })) } },
      ],
    };
  }

  // One bar a stage, or one a stage and side; a line from p50 to p95 where both are known.
  function stages(d) {
    const names = ['stage', 'series', 'mean', 'p50', 'p95'];
    const values = rows(names, d.rows);
    const sides = [...new Set(values.map((each) => each.series))];
    const spread = values.filter((each) => each.p95 !== null);
    const y = { field: 'stage', type: 'nominal', title: null,
      sort: [...new Set(values.map((each) => each.stage))] };
    const inner = sides.length > 1
      ? { yOffset: { field: 'series', sort: sides } } : {};
    return {
      height: { step: sides.length > 1 ? 17 : 28 }, data: { values },
      layer: [
        { mark: { type: 'bar', cornerRadiusEnd: 3, height: { band: 0.78 } },
          encoding: { y, ...inner, x: amount(d.x, { field: 'mean' }),
            color: series(sides, sides.length > 1 ? ['before', 'after'] : ['main']),
            tooltip: names.map((field) => ({ field })) } },
        ...(spread.length ? [
          { data: { values: spread }, mark: { type: 'rule', strokeWidth: 1.5 },
            encoding: { y, x: amount(d.x, { field: 'p50' }), x2: { field: 'p95' } } },
          { data: { values: spread },
            mark: { type: 'tick', thickness: 2, size: 10, color: 'var(--fg)' },
            encoding: { y, x: amount(d.x, { field: 'p95' }) } },
        ] : []),
      ],
    };
  }

  // Lines over a common axis; `stack` for counts of kinds.
  function lines(d) {
    const values = d.series.flatMap((each) =>
      rows(['x', 'y'], each.points).map((p) => ({ ...p, series: each.name })));
    const names = d.series.map((each) => each.name);
    const few = values.length <= 60 * names.length && d.points;
    const colour = series(names, d.series.map((each) => each.tone));
    if (d.legend === false) colour.legend = null;
    const x = amount(d.x_title === false ? null : d.x, {
      field: 'x', axis: { ...(d.ticks ? { values: d.ticks, format: '.6~g' } : {}),
        ...(d.x_format ? { format: d.x_format } : {}) },
      scale: { zero: false, nice: false, ...(d.log ? { type: 'log' } : {}),
        ...(d.domain ? { domain: d.domain } : { padding: 10 }) },
    });
    const marks = rows(['x', 'label'], d.marks ?? []);
    return {
      height: d.height ?? 150,
      layer: [
        { data: { values },
          mark: d.bars
            ? { type: 'bar', width: { band: 1 } }
            : { type: 'line', strokeWidth: 2, point: few ? { size: 45 } : false },
          encoding: {
            x, color: colour,
            y: amount(d.y, { field: 'y', stack: d.bars ? 'zero' : null,
              scale: { zero: d.zero ?? true },
              axis: { tickCount: 4, ...(d.y_format ? { format: d.y_format } : {}) } }),
            tooltip: [{ field: 'series' },
              { field: 'x', title: d.x, format: d.x_format ?? '.4~g' },
              { field: 'y', title: d.y, format: d.y_format ?? '.4~g' }],
          } },
        ...(marks.length ? [
          { data: { values: marks }, mark: { type: 'rule', strokeDash: [4, 3] },
            encoding: { x } },
          { data: { values: marks },
            mark: { type: 'text', align: 'right', baseline: 'top', dx: -5, dy: 2 },
            encoding: { x, y: { value: 0 }, text: { field: 'label' } } },
        ] : []),
      ],
    };
  }

  // Lines over things that have names and an order; marks stand between two of them.
  function trend(d) {
    const values = d.series.flatMap((each) => rows(['at', 'y'], each.points)
      .map((p) => ({ ...p, name: d.names[p.at - 1], series: each.name })));
    const names = d.series.map((each) => each.name);
    const labels = narrow() ? 6 : 14;
    const step = Math.max(1, Math.ceil(d.names.length / labels));
    const ticks = d.names.map((_, i) => i + 1).filter((i) => (i - 1) % step === 0);
    const short = d.names.map((name) => name.length > 12 ? `${name.slice(0, 11)}…` : name);
    const x = amount(null, { field: 'at',
      scale: { domain: [0.5, d.names.length + 0.5], nice: false },
      axis: { values: ticks, grid: false, labelAngle: -30, labelAlign: 'right',
        labelExpr: `${JSON.stringify(short)}[datum.value - 1]` } });
    const found = values.map((each) => each.y).filter((each) => each !== null);
    const [low, high] = [Math.min(...found), Math.max(...found)];
    // A twentieth of the value at least: less is noise, and should look like it.
    const room = Math.max(0, 0.05 * high - (high - low)) / 2 + (high - low) * 0.05;
    const [least, most] = [Math.max(0, low - room), high + room];
    const marks = rows(['before', 'label'], d.marks ?? [])
      .map((each) => ({ ...each, at: each.before - 0.5 }));
    return {
      ...(d.title ? { title: { text: d.title, anchor: 'start', color: 'var(--fg)', fontSize: 13,
        fontWeight: 600, frame: 'group' } } : {}),
      height: d.marks?.length ? 150 : 120,
      layer: [
        { data: { values },
          mark: { type: 'line', strokeWidth: 2, point: { size: 45, filled: true } },
          encoding: { x, color: series(names),
            y: amount(d.y, { field: 'y', axis: { tickCount: 4 },
              scale: { zero: false, nice: true, domain: [least, most] } }),
            tooltip: [{ field: 'name', title: 'run' }, { field: 'series' },
              { field: 'y', title: d.y, format: '.4~g' }] } },
        ...(marks.length ? [
          { data: { values: marks }, mark: { type: 'rule', strokeDash: [4, 3] },
            encoding: { x } },
          { data: { values: marks },
            mark: { type: 'text', align: 'left', baseline: 'top', dx: 5, dy: 2 },
            encoding: { x, y: { value: 0 }, text: { field: 'label' } } },
        ] : []),
      ],
    };
  }

  // Steps from one level to another; the first and the last bar stand on the ground.
  function bridge(d) {
    const names = ['label', 'from', 'to', 'tone', 'text'];
    const values = rows(names, d.rows)
      .map((each) => ({ ...each, end: Math.max(each.from, each.to) }));
    const tones = ['plain', 'good', 'bad', 'main'];
    const y = { field: 'label', type: 'nominal', title: null, sort: null };
    const room = Math.max(...values.map((each) => each.end)) * (narrow() ? 1.3 : 1.12);
    const x = (field) => amount(d.x, { field, scale: { domain: [0, room], nice: false } });
    return {
      height: { step: 28 }, data: { values },
      layer: [
        { mark: { type: 'bar', height: { band: 0.72 }, cornerRadius: 2 },
          encoding: { y, x: x('from'), x2: { field: 'to' },
            color: { field: 'tone', type: 'nominal', legend: null,
              scale: { domain: tones, range: tones.map((tone) => colours[tone]) } },
            tooltip: [{ field: 'label' }, { field: 'text' }] } },
        { mark: { type: 'text', align: 'left', dx: 6 },
          encoding: { y, x: x('end'), text: { field: 'text' } } },
      ],
    };
  }

  // A value for each pair of two axes.
  function heat(d) {
    const values = rows(['x', 'y', 'value', 'text'], d.cells);
    const axis = (field, title) => ({ field, type: 'ordinal', title, sort: null });
    const position = {
      x: { ...axis('x', d.x), axis: { labelAngle: 0, grid: false, domain: false, ticks: false } },
      y: { ...axis('y', d.y), axis: { grid: false, domain: false, ticks: false } },
    };
    return {
      height: { step: 44 }, data: { values },
      layer: [
        { mark: { type: 'rect', fill: 'var(--accent)', cornerRadius: 4, stroke: 'var(--card)',
            strokeWidth: 3 },
          encoding: { ...position,
            fillOpacity: { field: 'value', type: 'quantitative', legend: null,
              scale: { range: [0.06, 0.6], zero: false } },
            tooltip: [{ field: 'x', title: d.x }, { field: 'y', title: d.y },
              { field: 'text', title: d.value }] } },
        { mark: { type: 'text', fontWeight: 600 },
          encoding: { ...position, text: { field: 'text', type: 'nominal' } } },
      ],
    };
  }

  // Cost against latency; what nothing else beats on both is joined by a line.
  function pareto(d) {
    const names = ['x', 'y', 'label', 'front'];
    const values = rows(names, d.points);
    const x = amount(d.x, { field: 'x', scale: { zero: false, nice: true, padding: 12 } });
    const y = amount(d.y, { field: 'y', scale: { zero: false, nice: true, padding: 12 } });
    const front = [{ filter: 'datum.front' }];
    return {
      height: 300, data: { values },
      layer: [
        { transform: front, mark: { type: 'line', interpolate: 'step-after', strokeDash: [5, 4],
            color: 'var(--good)' },
          encoding: { x, y, order: { field: 'x' } } },
        { mark: { type: 'point', filled: true, size: 90, opacity: 0.95 },
          encoding: { x, y,
            color: { field: 'front', type: 'nominal', title: null,
              scale: { domain: [true, false], range: [colours.good, colours.plain] },
              legend: {
                labelExpr: "datum.value ? 'on the front' : 'behind it'" } },
            shape: { field: 'front', type: 'nominal', title: null,
              scale: { domain: [true, false], range: ['diamond', 'circle'] } },
            tooltip: [{ field: 'label', title: 'point' },
              { field: 'x', title: d.x, format: '.4~g' },
              { field: 'y', title: d.y, format: '.4~g' }] } },
        ...(d.labels && !narrow() ? [{ transform: front,
          mark: { type: 'text', align: 'left', dx: 9, dy: -7, limit: 420 },
          encoding: { x, y, text: { field: 'label' } } }] : []),
      ],
    };
  }

  // Found intervals of claims against what was claimed, as shares of the claimed value.
  function claims(d) {
    const names = ['claim', 'low', 'high', 'found_low', 'found_high', 'verdict'];
    const verdicts = ['holds', 'fails', 'cannot be judged'];
    const y = { field: 'claim', type: 'nominal', title: null, sort: d.rows.map((each) => each[0]) };
    const values = rows(names, d.rows);
    const edge = 4;  // times what was claimed
    const kept = (v) => Math.min(edge, Math.max(-1, v));
    for (const each of values) {
      each.from = kept(each.found_low);
      each.to = kept(each.found_high);
    }
    const found = values.flatMap((each) => [each.from, each.to, each.low, each.high]);
    const domain = [Math.max(-1, Math.min(0, ...found)), Math.min(edge, Math.max(1.2, ...found))];
    const x = (field) => amount('of what was claimed',
      { field, axis: { format: '.0%' }, scale: { domain, clamp: true, nice: true } });
    return {
      height: { step: 24 }, data: { values },
      layer: [
        { data: { values: [{ all: 1 }] }, mark: { type: 'rule', strokeDash: [3, 3] },
          encoding: { x: x('all') } },
        { mark: { type: 'rule', strokeWidth: 12, opacity: 0.22, color: 'var(--muted)' },
          encoding: { y, x: x('low'), x2: { field: 'high' } } },
        { mark: { type: 'rule', strokeWidth: 5, strokeCap: 'round' },
          encoding: { y, x: x('from'), x2: { field: 'to' },
            color: { field: 'verdict', type: 'nominal', title: null, legend: {},
              scale: { domain: verdicts, range: [colours.good, colours.bad, colours.warn] } },
            tooltip: names.map((field) => ({ field })) } },
      ],
    };
  }

  const kinds = {
    distribution, differences, changes, stages, lines, trend, bridge, heat, pareto, claims,
  };

  return { config, kinds };
})();
