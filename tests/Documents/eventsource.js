// Listens by somebody else's client of server-sent events. Usage: node eventsource.js ADDRESS. A line each for what happens, until it is ended.
import { EventSource } from 'eventsource';

const source = new EventSource(process.argv[2]);
const say = (what, data) => console.log(JSON.stringify({ what, ...data }));
source.addEventListener('open', () => say('open'));
source.addEventListener('error', ({ code, message }) => say('error', { code, message, closed: source.readyState === EventSource.CLOSED }));
for (const kind of ['published', 'updated', 'corrected', 'withdrawn', 'gap']) {
  source.addEventListener(kind, event => say(kind, { id: event.lastEventId, data: JSON.parse(event.data) }));
}
