// How long each step took: one line on stderr as it ends, and a breakdown at the end.
const seconds = (ms) => Number((ms / 1000).toFixed(3));

export class Timings {
  #started = performance.now();
  #steps = [];

  async measure(name, step) {
    const begin = performance.now();
    try {
      return await step();
    } catch (error) {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    } finally {
      const end = performance.now();
      this.#steps.push({ name, ms: end - begin });
      console.error(`[timing] ${name.padEnd(13)} ${((end - begin) / 1000).toFixed(3)}s`);
    }
  }

  totalSeconds() {
    return seconds(performance.now() - this.#started);
  }

  // Steps that run side by side overlap, so their shares may add up to more than 100%.
  summarise() {
    const total = performance.now() - this.#started;
    const slowest = this.#steps.reduce((a, b) => (b.ms > a.ms ? b : a));
    const share = ((100 * slowest.ms) / total).toFixed(1);
    console.error(`[timing] ${'total'.padEnd(13)} ${(total / 1000).toFixed(3)}s, ` +
                  `slowest: ${slowest.name} (${share}%)`);
  }
}
