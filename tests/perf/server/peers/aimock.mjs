// @copilotkit/aimock, asked for the same: 100 ms to the first token, then one every 20 ms (tps 50),
// 5 characters a chunk. Prints its URL.
import { LLMock } from '@copilotkit/aimock';

const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent', chunkSize: 5,
  journalMaxEntries: 1000 });
mock.on({}, { content: 'words'.repeat(100) },
  { chunkSize: 5, streamingProfile: { ttft: 100, tps: 50, jitter: 0 } });
await mock.start();
console.log(mock.url);
