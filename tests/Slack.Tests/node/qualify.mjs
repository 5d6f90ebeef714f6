// Runs the official clients against the fake Slack. Prints one JSON line: what they saw. Arguments: the fake's API address.
import bolt from '@slack/bolt';
import { SocketModeClient } from '@slack/socket-mode';
import { WebClient, LogLevel } from '@slack/web-api';

const slackApiUrl = process.argv[2];
const botToken = 'xoxb-fake-0000';
const appToken = 'xapp-fake-0000';
const seen = { commands: [], actions: [], events: [], refreshed: 0, errors: [] };
const quiet = { debug() {}, info() {}, warn() {}, error(...m) { seen.errors.push(String(m)); }, setLevel() {}, getLevel: () => LogLevel.ERROR, setName() {} };

const web = new WebClient(botToken, { slackApiUrl, logger: quiet, retryConfig: { retries: 3 } });
const auth = await web.auth.test();
const posted = await web.chat.postMessage({ channel: 'C1', text: 'hello', blocks: [{ type: 'section', text: { type: 'plain_text', text: 'hello' } }], metadata: { event_type: 'x', event_payload: { key: 'k' } } });
const updated = await web.chat.update({ channel: 'C1', ts: posted.ts, text: 'changed' });
const history = await web.conversations.history({ channel: 'C1', include_all_metadata: true });
const upload = await web.filesUploadV2({ channel_id: 'C1', thread_ts: posted.ts, filename: 'a.txt', title: 'A', content: 'file content' });
const streamer = web.chatStream({ channel: 'C1', thread_ts: posted.ts, recipient_team_id: 'T1', recipient_user_id: 'U1' });
await streamer.append({ markdown_text: 'streamed' });
await streamer.stop();
const refused = await web.chat.postMessage({ channel: 'C404', text: 'x' }).catch((e) => e.data?.error);
const limited = await web.chat.postMessage({ channel: 'CSLOW', text: 'after a 429' });

const app = new bolt.App({ token: botToken, appToken, socketMode: true, clientOptions: { slackApiUrl }, logger: quiet });
app.command('/bridge', async ({ command, ack, respond }) => { seen.commands.push(command.text); await ack(); await respond(`did ${command.text}`); });
app.action(/cob.*/, async ({ action, ack }) => { seen.actions.push(action.value); await ack(); });
app.event('app_mention', async ({ event }) => { seen.events.push(event.text); });
await app.start();

const socket = new SocketModeClient({ appToken, clientOptions: { slackApiUrl }, logger: quiet });
let connections = 0;
socket.on('connected', () => { connections += 1; });
await socket.start();
await socket.disconnect();

process.stdout.write(`ready ${JSON.stringify({ auth: auth.team_id, ts: posted.ts === updated.ts, history: history.messages[0].metadata?.event_payload?.key, file: upload.ok, refused, limited: limited.ok, connections })}\n`);
process.stdin.on('data', async () => {
  await app.stop();
  process.stdout.write(`done ${JSON.stringify(seen)}\n`);
  process.exit(0);
});
