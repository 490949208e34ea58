// What the charts of runs look like: for each kind of data that stands in the page, a Vega-Lite
// specification (those of studies: study_plots.js). Colours are CSS variables, so that dark mode
// and printing change them without drawing again.
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
      labelFontSize: 12, titleFontSize: 12, titlePadding: 8, labelLimit: narrow() ? 135 : 260,
    },
    legend: {
      labelColor: 'var(--fg)', titleColor: 'var(--muted)', labelFontSize: 12, titleFontSize: 12,
      orient: 'top', symbolStrokeWidth: 3, symbolOpacity: 1, labelLimit: 300,
      columns: narrow() ? 2 : 0,
    },
    text: { color: 'var(--fg)', fontSize: 12 },
    title: {
      anchor: 'start', frame: 'group', color: 'var(--fg)', fontSize: 13, fontWeight: 600,
    },
    axisX: { tickCount: narrow() ? 5 : 10, labelFlush: 14 },
    // Plots that stand below each other have one left edge.
    axisYQuantitative: { minExtent: narrow() ? 38 : 52 },

    rule: { color: 'var(--muted)' },
  });

  const rows = (names, values) =>
    values.map((each) => Object.fromEntries(names.map((name, i) => [name, each[i]])));

  // One row where all names have room, else as many columns as the widest leaves; 0: one row. A
  // legend stands above the plot, so that names at its side (`named`) take room from it.
  const legendColumns = (names, named) => {
    const widths = names.map((name) => 34 + 7.2 * Math.min(name.length, 40));
    const room = Math.min(window.innerWidth, 1150) - (narrow() ? 70 : 140) - (named ? 120 : 0);
    const all = widths.reduce((sum, width) => sum + width, 0);
    return all <= room ? 0 : Math.max(1, Math.floor(room / Math.max(...widths)));
  };

  const series = (names, tones) => ({
    field: 'series', type: 'nominal', title: null,
    legend: names.length > 1 ? { columns: legendColumns(names) } : null, sort: names,
    scale: { domain: names, range: names.map((_, i) => colours[tones?.[i]] ?? palette[i % 8]) },
  });

  const amount = (title, more = {}) => ({ type: 'quantitative', title, ...more });

  // Right of its place, but left of it where there is more room and too little; else cut.
  const placeLabel = (each, all, log) => {
    const at = (x) => log ? Math.log(x) : x;
    const [least, most] = [at(Math.min(...all)), at(Math.max(...all))];
    const plot = Math.min(window.innerWidth, 1150) - (narrow() ? 130 : 190);
    const left = most > least ? plot * (at(each.x) - least) / (most - least) : 0;
    const needs = 8 + 7 * each.label.length;
    each.far = needs > plot - left && left > plot - left;
    const letters = Math.floor(((each.far ? left : plot - left) - 8) / 7);
    if (each.label.length > letters) {
      each.label = `${each.label.slice(0, Math.max(0, letters - 1))}…`;
    }
  };

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
    const limits = rows(['x', 'share', 'label', 'tone'], d.limits ?? [])
      .sort((a, b) => b.share - a.share).map((each) => ({ ...each, foot: 0, said: each.share }));
    // One below the other where their tops are close.
    limits.forEach((each, i) => {
      if (i > 0) each.said = Math.min(each.said, limits[i - 1].said - 0.09);
    });
    const all = [...points, ...limits].map((p) => p.x);
    for (const each of [...marks, ...limits]) placeLabel(each, all, d.log);
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
          ...[[false, 'left', 4], [true, 'right', -4]]
            .map(([far, ...how]) => [marks.filter((each) => each.far === far), ...how])
            .filter(([list]) => list.length > 0).map(([list, align, dx]) => ({
              data: { values: list },
              mark: { type: 'text', align, baseline: 'bottom', dx },
              encoding: { x: { ...x }, y: { field: 'at', type: 'quantitative' },
                text: { field: 'label' } } })),
        ] : []),
        ...['good', 'warn', 'bad'].flatMap((tone) => {
          const walls = limits.filter((each) => each.tone === tone);
          if (walls.length === 0) return [];
          const y = { field: 'share', type: 'quantitative' };
          return [
            { data: { values: walls },
              mark: { type: 'rule', strokeWidth: 2.5, color: colours[tone] },
              encoding: { x: { ...x }, y: { ...y, field: 'foot' }, y2: { field: 'share' } } },
            { data: { values: walls },
              mark: { type: 'tick', orient: 'horizontal', size: 18, thickness: 2.5,
                color: colours[tone] },
              encoding: { x: { ...x }, y } },
            ...[[false, 'left', 8], [true, 'right', -8]]
              .map(([far, ...how]) => [walls.filter((each) => each.far === far), ...how])
              .filter(([list]) => list.length > 0).map(([list, align, dx]) => ({
                data: { values: list },
                mark: { type: 'text', align, baseline: 'top', dx, dy: 5, color: colours[tone],
                  fontWeight: 600 },
                encoding: { x: { ...x }, y: { ...y, field: 'said' },
                  text: { field: 'label' } } })),
          ];
        }),
      ],
    };
  }

  // How many pairs of jobs changed by how much.
  function differences(d) {
    const values = rows(['from', 'to', 'share', 'kind'], d.bins)
      .filter((each) => each.share > 0);
    const kinds = [['faster', colours.good], ['slower', colours.bad]]
      .filter(([kind]) => values.some((each) => each.kind === kind));
    return {
      height: 200, data: { values },
      layer: [
        { mark: { type: 'bar', binSpacing: 1 },
          encoding: {
            x: amount(d.x, { field: 'from', bin: { binned: true }, axis: { tickCount: 8 } }),
            x2: { field: 'to' },
            y: amount('share of pairs', { field: 'share', axis: { format: '.0%' } }),
            color: { field: 'kind', type: 'nominal', title: null, legend: {},
              scale: { domain: kinds.map((each) => each[0]),
                range: kinds.map((each) => each[1]) } },
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
    const names = ['metric', 'change', 'low', 'high', 'verdict', 'limit'];
    const values = rows(names, d.rows);
    const known = d.outcomes
      ? [['pass', 'good', 'circle'], ['inconclusive', 'warn', 'diamond'],
        ['fail', 'bad', 'triangle-right']]
      : [['improved', 'good', 'triangle-left'], ['same', 'plain', 'circle'],
        ['inconclusive', 'warn', 'diamond'], ['regressed', 'bad', 'triangle-right']];
    const seen = known.filter(([verdict]) => values.some((each) => each.verdict === verdict));
    const verdicts = seen.map((each) => each[0]);
    const tones = seen.map((each) => each[1]);
    const shapes = seen.map((each) => each[2]);
    const y = { field: 'metric', type: 'nominal', title: null,
      sort: values.map((each) => each.metric) };
    const colour = {
      field: 'verdict', type: 'nominal', title: null,
      legend: { columns: legendColumns(verdicts, true) },
      scale: { domain: verdicts, range: tones.map((tone) => colours[tone]) },
    };
    const axis = { tickCount: narrow() ? 4 : 8,
      labelExpr: "abs(datum.value) < 1e-9 ? '0%' : format(datum.value, '+.1~%')" };
    const walls = values.filter((each) => typeof each.limit === 'number');
    const bound = d.bound ? [{ from: -d.bound, to: d.bound }] : [];
    const title = d.x ?? 'change';
    const ends = [...values.flatMap((each) => [each.change, each.low, each.high]),
      ...walls.map((each) => each.limit),
      ...bound.flatMap((each) => [each.from, each.to])].filter((each) => each !== null);
    // Two percent at least, or noise would look like a change.
    const [least, most] = [Math.min(-0.02, ...ends), Math.max(0.02, ...ends)];
    const room = (most - least) * 0.04;
    const scale = { domain: [least - room, most + room], nice: false };
    return {
      height: { step: 30 }, data: { values },
      layer: [
        ...(bound.length ? [{ data: { values: bound },
          mark: { type: 'rect', color: 'var(--good)', opacity: 0.14 },
          encoding: { x: amount(title, { field: 'from', axis, scale }), x2: { field: 'to' } } }]
          : []),
        { data: { values: [{ zero: 0 }] }, mark: { type: 'rule', strokeDash: [3, 3] },
          encoding: { x: { field: 'zero', type: 'quantitative' } } },
        { data: { values: values.filter((each) => each.low !== null) },
          mark: { type: 'rule', strokeWidth: 4, opacity: 0.45, strokeCap: 'round' },
          encoding: { y, x: amount(title, { field: 'low', axis, scale }), x2: { field: 'high' },
            color: colour } },
        { mark: { type: 'point', filled: true, size: 80, opacity: 1 },
          encoding: { y, x: amount(title, { field: 'change', axis, scale }), color: colour,
            shape: { field: 'verdict', type: 'nominal', title: null,
              legend: { columns: legendColumns(verdicts, true) },
              scale: { domain: verdicts, range: shapes } },
            tooltip: names.slice(0, 5).map((field) => ({ field })) } },
        ...(walls.length ? [{ data: { values: walls },
          mark: { type: 'tick', orient: 'vertical', size: 22, thickness: 3, color: colours.bad },
          encoding: { y, x: amount(title, { field: 'limit', axis, scale }) } }] : []),
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

  // Room beyond bars of this length for the text at their ends.
  const roomForText = (values, length) => {
    const text = 8 + 6.8 * Math.max(...values.map((each) => each.text.length));
    const plot = Math.min(window.innerWidth, 1150) - (narrow() ? 205 : 420);
    return length * Math.max(0.12, text / Math.max(plot - text, 60));
  };

  // A title that would leave a narrow screen, over several lines.
  const titleLines = (title) => {
    if (!narrow() || !title) return title;
    const lines = [''];
    for (const word of title.split(' ')) {
      const line = `${lines.at(-1)} ${word}`.trim();
      if (line.length > 30 && lines.at(-1)) lines.push(word);
      else lines[lines.length - 1] = line;
    }
    return lines;
  };

  const kinds = { distribution, differences, changes, stages, lines };
  return { config, kinds, tools: { colours, narrow, rows, series, amount, legendColumns,
    roomForText, titleLines } };
})();
