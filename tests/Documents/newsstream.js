// Listens by the platform's own client. Usage: node newsstream.js ADDRESS TRANSPORT [TOPIC]. A line each for what happens, until it is ended.
import { EventSource } from 'eventsource';
import WebSocket from 'ws';
import { NewsStream } from '../../services/Notifications/client/newsplatform-stream.js';

Object.assign(globalThis, { EventSource, WebSocket });
const say = (what, data) => console.log(JSON.stringify({ what, ...data }));
const [, , url, transport, ...topics] = process.argv;
new NewsStream({
  url, transport, topics, firstDelayMilliseconds: 200,
  onBulletin: bulletin => say(bulletin.kind, { id: `${bulletin.position}`, data: bulletin }),
  onGap: gap => say('gap', { gap }),
  onState: state => say(state),
}).start();
