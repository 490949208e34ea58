// Node's own http server, on the absolute schedule that the mock keeps: 100 ms, then a token every
// 20 ms. Prints its URL.
import { createServer } from 'node:http';

const FIRST_MS = 100, GAP_MS = 20, TOKENS = 100;
const frame = (delta, finish = null) => 'data: ' + JSON.stringify({
  id: 'chatcmpl-000000000000000000000000000', object: 'chat.completion.chunk', created: 1795219200,
  model: 'gpt-4o-mini', choices: [{ index: 0, delta, finish_reason: finish }] }) + '\n\n';
const head = frame({ role: 'assistant', content: '' });
const token = frame({ content: 'wort' });
const tail = frame({}, 'stop') + 'data: [DONE]\n\n';

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const start = performance.now();
    let at = 0;
    response.socket.setNoDelay(true);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const next = () => {
      if (response.destroyed) return;
      const now = performance.now() - start;
      let out = at === 0 ? head : '';
      for (; at < TOKENS && FIRST_MS + at * GAP_MS <= now; at += 1) out += token;
      if (at === TOKENS) return response.end(out + tail);
      response.write(out);
      setTimeout(next, Math.max(0, FIRST_MS + at * GAP_MS - (performance.now() - start)));
    };
    setTimeout(next, FIRST_MS);
  });
});
server.listen(0, '127.0.0.1', 4096, () => console.log(`http://127.0.0.1:${server.address().port}`));
