// Draws the charts of a report: reads the data that stands in the page, and folds the tables that
// the charts make optional. Expressions are interpreted (vega-interpreter), so the page needs no
// eval.
(() => {
  'use strict';

  async function draw(script) {
    const plot = document.getElementById(script.dataset.plot);
    const data = JSON.parse(script.textContent);
    const spec = {
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      width: 'container',
      config: rehearsePlots.config(), ...rehearsePlots.kinds[data.kind](data),
    };
    plot.textContent = ' ';  // an empty plot has no width
    const { spec: compiled } = vegaLite.compile(spec, { logger: vega.logger(vega.Error) });
    const parsed = vega.parse(compiled, null, { ast: true });
    const view = new vega.View(parsed, {
      expr: vega.expressionInterpreter, renderer: 'svg', logLevel: vega.Warn,
    });
    plot.textContent = '';
    plot.hidden = false;
    plot.dataset.kind = data.kind;
    plot.style.display = 'block';
    const said = plot.getAttribute('aria-label');
    await view.initialize(plot).runAsync();
    // The view's own role would have a reader walk through every mark.
    plot.setAttribute('role', 'img');
    plot.setAttribute('aria-label', said);
    plot.removeAttribute('aria-roledescription');
    const table = plot.closest('figure').querySelector(':scope > details');
    if (table) table.open = false;
    return view;
  }

  async function main() {
    const scripts = [...document.querySelectorAll('script[data-plot]')];
    const views = [];
    document.getElementById('scriptless')?.remove();
    for (const script of scripts) {
      try {
        views.push(await draw(script));
      } catch (error) {
        // The table below says the same; the failure is for the console.
        console.error(script.dataset.plot, error);
      }
    }
    let opened = [];
    addEventListener('beforeprint', () => {
      opened = [...document.querySelectorAll('main details:not([open])')];
      for (const each of opened) each.open = true;
    });
    addEventListener('afterprint', () => {
      for (const each of opened) each.open = false;
    });
    document.documentElement.dataset.charts = String(views.length);
  }

  main();
})();
