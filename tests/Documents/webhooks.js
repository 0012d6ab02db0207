// Checks webhooks by the Standard Webhooks library. Takes a JSON array of {secret, headers, body} on its standard input; says what is wrong, a line each.
import { Webhook } from 'standardwebhooks';
import { text } from 'node:stream/consumers';

for (const { secret, headers, body } of JSON.parse(await text(process.stdin))) {
  try {
    new Webhook(secret).verify(body, headers);
  } catch (fault) {
    console.log(`${headers['webhook-id']}: ${fault.message}`);
  }
}
