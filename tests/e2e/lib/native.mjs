// Clients of the providers with words of their own, and what they send counted.
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { mockUrl } from './server.mjs';

/// The mock whose providers fail, each in its own way (failing.json).
export const failingUrl = (provider) => {
  const url = process.env.MOCK_FAILING_URL;
  if (!url) throw new Error('MOCK_FAILING_URL is not set: start the tests with tests/e2e/run');
  return `${url.replace(/\/+$/, '')}/${provider}`;
};

export const anthropic = (options = {}) =>
  new Anthropic({ baseURL: mockUrl(), apiKey: 'mock', maxRetries: 0, ...options });

export const gemini = ({ url = mockUrl(), apiVersion = 'v1beta', ...more } = {}) =>
  new GoogleGenAI({ apiKey: 'mock', apiVersion, httpOptions: { baseUrl: url, ...more } });

/// A fetch that notes when each attempt left and how it was answered.
export function watchingFetch() {
  const attempts = [];
  const watched = async (url, init) => {
    const attempt = { at: performance.now(), url: String(url),
                      headers: new Headers(init?.headers) };
    attempts.push(attempt);
    const response = await fetch(url, init);
    attempt.status = response.status;
    attempt.response = { headers: response.headers };  // a clone would hold the connection
    return response;
  };
  const gaps = () => attempts.slice(1).map(({ at }, i) => at - attempts[i].at);
  return { fetch: watched, attempts, gaps };
}

/// The same for SDKs that take the global fetch; undone when `body` has ended.
export async function withWatchedFetch(body) {
  const real = globalThis.fetch;
  const attempts = [];
  globalThis.fetch = async (url, init) => {
    const response = await real(url, init);
    attempts.push({ url: String(url), status: response.status,
                    type: response.headers.get('content-type') });
    return response;
  };
  try {
    return await body(attempts);
  } finally {
    globalThis.fetch = real;
  }
}
