// Where the mock server is, and clients for it. The run script sets the two URLs.
import OpenAI from 'openai';
import { Ollama } from 'ollama';

function baseUrl(name) {
  const url = process.env[name];
  if (!url) throw new Error(`${name} is not set: start the tests with tests/e2e/run`);
  return url.replace(/\/+$/, '');
}

/// The mock with its default profiles.
export const mockUrl = () => baseUrl('MOCK_URL');

/// The mock that asks for a key and admits few requests a minute (limited.json).
export const limitedUrl = () => baseUrl('MOCK_LIMITED_URL');

/// The mock whose providers always fail, each in its own way (faulty.json).
export const faultyUrl = () => baseUrl('MOCK_FAULTY_URL');

export const openaiAt = (url, options = {}) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: 'mock', maxRetries: 0, ...options });

export const openai = (options) => openaiAt(mockUrl(), options);

export const ollama = () => new Ollama({ host: mockUrl() });

/// A fetch that notes the retry count which the SDK sends with each attempt.
export function countingFetch() {
  const attempts = [];
  const counted = async (url, init) => {
    const attempt = { retry: Number(new Headers(init.headers).get('x-stainless-retry-count')) };
    attempts.push(attempt);
    const response = await fetch(url, init);
    attempt.status = response.status;
    return response;
  };
  return { fetch: counted, attempts };
}

/// One mock token is 4 bytes of UTF-8, in both directions.
export const tokensOf = (text) => Math.ceil(Buffer.byteLength(text) / 4);
