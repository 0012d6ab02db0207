// Speaks over a WebSocket by somebody else's client. Usage: node websocket.js ADDRESS [ORIGIN]. What stands on a line of standard input is sent, what comes is said,
// a line each, until it is ended. The lines pause and resume are not sent: nothing is read in between.
import { createInterface } from 'node:readline';
import WebSocket from 'ws';

const [, , address, origin] = process.argv;
const socket = new WebSocket(address, { origin });
const say = said => console.log(typeof said === 'string' ? said : JSON.stringify(said));
socket.on('open', () => {
  say({ type: 'open' });
  createInterface({ input: process.stdin }).on('line', line => {
    if (line === 'pause') {
      socket.pause();
      say({ type: 'paused' });
    } else if (line === 'resume') {
      socket.resume();
    } else {
      socket.send(line);
    }
  });
});
socket.on('message', data => say(data.toString()));
socket.on('ping', () => say({ type: 'ping' }));
socket.on('unexpected-response', (_, answer) => say({ type: 'refused', status: answer.statusCode }));
socket.on('error', ({ message }) => say({ type: 'fault', message }));
socket.on('close', (code, reason) => say({ type: 'close', code, reason: reason.toString() }));
