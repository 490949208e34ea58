// What the charts of studies of many runs look like, beside those of runs (plots.js).
(() => {
  'use strict';

  const { colours, narrow, rows, series, amount, legendColumns, roomForText, titleLines } =
    rehearsePlots.tools;

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
      ...(d.title ? { title: titleLines(d.title) } : {}),
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
    const tones = ['plain', 'good', 'bad', 'main', 'warn'];
    const y = { field: 'label', type: 'nominal', title: null, sort: null };
    const full = d.full ? [{ all: 1 }] : [];
    const most = Math.max(...full.map((each) => each.all), ...values.map((each) => each.end));
    const room = most + roomForText(values, most);
    const x = (field) => amount(d.x, { field, scale: { domain: [0, room], nice: false },
      ...(d.x_format ? { axis: { format: d.x_format } } : {}) });
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
        ...(full.length ? [{ data: { values: full }, mark: { type: 'rule', strokeDash: [4, 3] },
          encoding: { x: x('all') } }] : []),
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
            color: { field: 'verdict', type: 'nominal', title: null,
              legend: { columns: legendColumns(verdicts, true) },
              scale: { domain: verdicts, range: [colours.good, colours.bad, colours.warn] } },
            tooltip: names.map((field) => ({ field })) } },
      ],
    };
  }

  // What each change would bring, a bar a row, with its interval.
  function gains(d) {
    const names = ['label', 'value', 'low', 'high', 'kind', 'text'];
    const values = rows(names, d.rows)
      .map((each) => ({ ...each, end: Math.max(0, each.value, each.high) }));
    const kinds = ['same answers', 'older or shared answers', 'work after the answer',
      'lower quality'];
    const tones = ['good', 'main', 'plain', 'warn'];
    const seen = kinds.filter((kind) => values.some((each) => each.kind === kind));
    const ends = values.flatMap((each) => [each.value, each.low, each.end]);
    const [least, most] = [Math.min(0, ...ends), Math.max(0, ...ends)];
    const room = roomForText(values, most - least || 1);
    const scale = { domain: [least - (least < 0 ? room / 4 : 0), most + room], nice: false };
    const y = { field: 'label', type: 'nominal', title: null, sort: null };
    const x = (field) => amount(d.x, { field, scale });
    return {
      height: { step: 28 }, data: { values },
      layer: [
        { mark: { type: 'bar', height: { band: 0.66 }, cornerRadiusEnd: 3 },
          encoding: { y, x: x('value'),
            color: { field: 'kind', type: 'nominal', title: null,
              legend: d.legend === false ? null : { columns: legendColumns(seen, true) },
              scale: { domain: seen,
                range: seen.map((kind) => colours[tones[kinds.indexOf(kind)]]) } },
            tooltip: [{ field: 'label' }, { field: 'text' }, { field: 'kind' }] } },
        { mark: { type: 'rule', strokeWidth: 1.5, color: 'var(--fg)' },
          encoding: { y, x: x('low'), x2: { field: 'high' } } },
        { mark: { type: 'text', align: 'left', dx: 6 },
          encoding: { y, x: x('end'), text: { field: 'text' } } },
      ],
    };
  }

  // A value under load: its limit across, the largest load inside it upright.
  function load(d) {
    const values = rows(['x', 'y', 'kind'], d.points);
    const x = (field) => amount(d.x_title === false ? null : d.x,
      { field, scale: { domain: [0, d.end], nice: false } });
    const y = (field) => amount(d.y, { field, scale: { domain: [0, d.top], nice: false },
      axis: { tickCount: 5, ...(d.y_format ? { format: d.y_format } : {}) } });
    const upright = (row, fields) => (row ? rows(fields, [row]) : []);
    const knee = upright(d.knee, ['x', 'low', 'high', 'label']);
    const today = upright(d.today, ['x', 'label']);
    const limit = rows(['y', 'label'], [d.limit]).filter((each) => each.y <= d.top);
    const label = (list, at, color) => ['left', 'right'].map((align) => [align,
      list.filter((each) => (each.x > d.end * 0.5) === (align === 'right'))])
      .filter(([, values]) => values.length > 0).map(([align, values]) => ({
      data: { values },
      mark: { type: 'text', align, baseline: 'top', dx: align === 'left' ? 6 : -6, dy: at, color,
        fontWeight: 600 },
      encoding: { x: x('x'), y: { value: 0 }, text: { field: 'label' } },
    }));
    const steady = ['steady', 'the backlog grows'];
    return {
      title: titleLines(d.title),
      height: d.height ?? 240,
      layer: [
        ...(knee.length ? [{ data: { values: knee },
          mark: { type: 'rect', color: 'var(--accent)', opacity: 0.2 },
          encoding: { x: x('low'), x2: { field: 'high' } } }] : []),
        ...(limit.length ? [
          { data: { values: limit },
            mark: { type: 'rule', strokeDash: [5, 4], color: 'var(--bad)', strokeWidth: 1.5 },
            encoding: { y: y('y') } },
          { data: { values: limit },
            mark: { type: 'text', align: 'left', baseline: 'bottom', dx: 4, dy: -3,
              color: 'var(--bad)' },
            encoding: { x: { value: 0 }, y: y('y'), text: { field: 'label' } } },
        ] : []),
        { data: { values },
          mark: { type: 'line', clip: true, strokeWidth: 2, color: 'var(--accent)' },
          encoding: { x: x('x'), y: y('y'), order: { field: 'x' } } },
        { data: { values },
          mark: { type: 'point', clip: true, filled: true, size: 55, opacity: 1 },
          encoding: { x: x('x'), y: y('y'),
            color: { field: 'kind', type: 'nominal', legend: null,
              scale: { domain: steady, range: [colours.main, colours.bad] } },
            shape: { field: 'kind', type: 'nominal', legend: null,
              scale: { domain: steady, range: ['circle', 'triangle-up'] } },
            tooltip: [{ field: 'x', title: d.x, format: '.4~g' },
              { field: 'y', title: d.title, format: d.y_format || '.4~g' },
              { field: 'kind' }] } },
        ...(knee.length ? [{ data: { values: knee },
          mark: { type: 'rule', strokeWidth: 2, color: 'var(--accent)' },
          encoding: { x: x('x') } }, ...label(knee, 2, 'var(--accent)')] : []),
        ...(today.length ? [{ data: { values: today },
          mark: { type: 'rule', strokeDash: [2, 3] }, encoding: { x: x('x') } },
        ...label(today, 20, 'var(--muted)')] : []),
      ],
    };
  }

  Object.assign(rehearsePlots.kinds, {
    trend, bridge, heat, pareto, claims, gains, load,
  });
})();
