// The application's own backend: tables behind REST (PostgREST's conventions) and a file store.
const timeoutMs = 120_000;

export class Backend {
  #base;
  #signal;

  constructor(base, signal) {
    this.#base = base.replace(/\/+$/, '');
    this.#signal = signal;
  }

  async #request(path, options) {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(this.#base + path, { ...options, signal }).catch((error) => {
      throw new Error(`${options.method} ${path}: ${error.cause?.message ?? error.message}`);
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${options.method} ${path}: ${response.status} ${text.slice(0, 200)}`);
    }
    if (!text) return {};
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`${options.method} ${path}: the answer is not JSON: ${text.slice(0, 60)}`);
    }
  }

  async findProfile(name) {
    const rows = await this.#request(`/agent_profiles?name=eq.${encodeURIComponent(name)}&limit=1`,
                                     { method: 'GET', headers: { accept: 'application/json' } });
    const profile = Array.isArray(rows) ? rows[0] : rows;
    if (!profile) throw new Error(`no agent is called ${name}`);
    return profile;
  }

  async upload(bytes, contentType) {
    const stored = await this.#request('/upload', {
      method: 'POST', headers: { 'content-type': contentType }, body: bytes });
    return stored.url ?? stored.path ?? null;
  }

  async insertPost(post) {
    const rows = await this.#request('/posts', {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'return=representation' },
      body: JSON.stringify(post) });
    return (Array.isArray(rows) ? rows[0] : rows)?.id ?? null;
  }
}
