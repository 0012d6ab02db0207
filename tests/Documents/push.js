// Decrypts pushes as a browser does, by http_ece. Reads [{body, privateKey, auth}], all base64, from standard input; says the messages as a list of texts.
import { readFileSync } from 'node:fs';
import { createECDH } from 'node:crypto';
import ece from 'http_ece';

const pushes = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify(pushes.map(({ body, privateKey, auth }) => {
  const key = createECDH('prime256v1');
  key.setPrivateKey(Buffer.from(privateKey, 'base64'));
  return ece.decrypt(Buffer.from(body, 'base64'), { version: 'aes128gcm', privateKey: key, authSecret: Buffer.from(auth, 'base64') }).toString('utf8');
})));
