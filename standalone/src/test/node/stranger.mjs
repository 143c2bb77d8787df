// A client of rowcast.v1.json as one writes it who has read docs/reference/protocol.md and nothing else. No library.
// node stranger.mjs GATEWAY KEY CHANNEL: says `ready`, then what each transport hears of one change, then `resumed`.
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';

const [gateway, key, channel] = process.argv.slice(2);
const address = (query) => `${gateway}/v1/events?${query}channel=${encodeURIComponent(channel)}`;
const say = (line) => console.log(typeof line === 'string' ? line : JSON.stringify(line));
const heard = (transport, message) => ({
  transport, entityId: message.payload.changes[0].entityId, version: message.payload.changes[0].version,
});

async function* stream(cursor) {
  const headers = { apikey: key, ...(cursor && { 'Last-Event-ID': cursor }) };
  const response = await fetch(address(''), { headers });
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  let text = '';
  for await (const bytes of response.body.pipeThrough(new TextDecoderStream())) {
    text += bytes;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = Object.fromEntries(text.slice(0, end).split('\n').map((line) => line.split(/: (.*)/s)));
      text = text.slice(end + 2);
      if (fields.data) yield { ...JSON.parse(fields.data), event: fields.event, eventId: fields.id };
    }
  }
}

async function* socket() {
  const { hostname, port } = new URL(gateway);
  const tcp = connect(Number(port), hostname);
  const nonce = randomBytes(16).toString('base64');
  tcp.write(`GET /v1/socket?apikey=${key} HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`
    + `Sec-WebSocket-Key: ${nonce}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: rowcast.v1.json\r\n\r\n`);
  const send = (message) => {
    const body = Buffer.from(JSON.stringify(message));
    const mask = randomBytes(4);
    tcp.write(Buffer.concat([Buffer.from([0x81, 0x80 | body.length]), mask, body.map((b, i) => b ^ mask[i % 4])]));
  };
  let bytes = Buffer.alloc(0);
  let open = false;
  for await (const more of tcp) {
    bytes = Buffer.concat([bytes, more]);
    if (!open) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) continue;
      const head = bytes.subarray(0, end).toString();
      const proof = createHash('sha1').update(`${nonce}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      if (!head.startsWith('HTTP/1.1 101') || !head.includes(proof)) throw new Error(head);
      bytes = bytes.subarray(end + 4);
      open = true;
      send({ type: 'SUBSCRIBE', id: '1', payload: { channels: [channel] } });
    }
    while (bytes.length >= 2) {
      const short = bytes[1] & 0x7f;
      const start = short === 126 ? 4 : 2;
      if (bytes.length < start) break;
      const size = short === 126 ? bytes.readUInt16BE(2) : short;
      if (bytes.length < start + size) break;
      const text = bytes.subarray(start, start + size).toString();
      if (bytes[0] === 0x81) yield JSON.parse(text);
      bytes = bytes.subarray(start + size);
    }
  }
}

async function poll(cursor) {
  const response = await fetch(address(`poll=true${cursor ? `&cursor=${cursor}` : ''}&`), { headers: { apikey: key } });
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  return response.json();
}

async function next(messages, type) {
  for (;;) {
    const { value, done } = await messages.next();
    if (done) throw new Error(`ended before ${type}`);
    if (value.type === type) return value;
  }
}

const events = stream();
const frames = socket();
await next(events, 'SUBSCRIBED');
await next(frames, 'SUBSCRIBED');
const first = await poll();
say('ready');

const event = await next(events, 'INVALIDATE');
say(heard('stream', event));
const frame = await next(frames, 'INVALIDATE');
say(heard('socket', frame));
const answer = await poll(first.cursor);
say(heard('poll', answer.messages.find((message) => message.type === 'INVALIDATE')));

// A cursor from one is good on the others: from before the change, it comes again.
const again = stream(first.cursor);
const replayed = await next(again, 'INVALIDATE');
if (replayed.event !== 'INVALIDATE' || replayed.eventId !== replayed.cursor) throw new Error(JSON.stringify(replayed));
say(heard('resumed', replayed));
process.exit(0);
