// Subscribes at a hub by somebody else's client and waits for one distribution. Usage: node websub.js TOPIC HUB PORT SECRET
// Says what came, as JSON; the client passes nothing on whose signature is not right.
import { createHmac } from 'node:crypto';
import pubsubhubbub from 'pubsubhubbub';

const [topic, hub, port, secret] = process.argv.slice(2);
const callbackUrl = `http://127.0.0.1:${port}/callback`;
// The client sends a secret that it derives for each topic, and verifies by the one it was made with: so one asks and another listens.
const derived = createHmac('sha1', secret).update(topic).digest('hex');
const asking = pubsubhubbub.createServer({ callbackUrl, secret, leaseSeconds: 3600 });
const listening = pubsubhubbub.createServer({ callbackUrl, secret: derived });
let lease;

function fail(error) {
  console.error(error);
  process.exit(1);
}

listening.on('error', fail);
listening.on('denied', fail);
listening.on('subscribe', data => { lease = data.lease - Math.round(Date.now() / 1000); });
listening.on('feed', data => {
  console.log(JSON.stringify({ topic: data.topic, hub: data.hub, lease, type: data.headers['content-type'], link: data.headers.link, feed: data.feed.toString('utf8') }));
  process.exit(0);
});
listening.on('listen', () => asking.subscribe(topic, hub, error => error && fail(error)));
listening.listen(Number(port), '127.0.0.1');
