// Bolt's own HTTP receiver: answers each request of standard input (a JSON line with method, path, headers, body in base64) with the status it gives.
import bolt from '@slack/bolt';
import http from 'node:http';
import readline from 'node:readline';

const secret = process.argv[2];
const quiet = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel: () => 'error', setName() {} };
const receiver = new bolt.HTTPReceiver({ signingSecret: secret, endpoints: ['/slack/commands', '/slack/interactivity', '/slack/events'], logger: quiet, unhandledRequestTimeoutMillis: 200 });
const app = new bolt.App({ receiver, authorize: async () => ({ botToken: 'xoxb-fake', botId: 'B0BOT', botUserId: 'U0BOT' }), logger: quiet });
app.command('/bridge', async ({ ack }) => ack());
app.action(/.*/, async ({ ack }) => ack());
app.event(/.*/, async () => {});
const server = await app.start(0, { host: '127.0.0.1' });
const port = server.address().port;

const send = (line) => new Promise((resolve) => {
  const wanted = JSON.parse(line);
  const request = http.request({ host: '127.0.0.1', port, path: wanted.path, method: wanted.method, headers: wanted.headers }, (response) => {
    response.resume();
    response.on('end', () => resolve(response.statusCode));
  });
  request.on('error', () => resolve(0));
  request.end(Buffer.from(wanted.body, 'base64'));
});

const waiting = [];
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line.length === 0) break;
  waiting.push(line);
}
const statuses = [];
for (let at = 0; at < waiting.length; at += 20) statuses.push(...await Promise.all(waiting.slice(at, at + 20).map(send)));
process.stdout.write(`${JSON.stringify(statuses)}\n`);
process.exit(0);
