// Serves Microsoft's web chat before an offline Direct Line, as its own samples do, and prints the address. Argument: where the bot listens.
// GET /?user=ID opens the chat as that person. Ends when its input ends.
import { createRequire } from 'node:module';
import { createServer } from 'node:http';

const require = createRequire(import.meta.url);
const directline = createRequire(require.resolve('offline-directline'));
const express = directline('express');
console.log = () => {};
console.warn = () => {};

const page = `<!doctype html><meta charset="utf-8"><title>chat</title>
<style>html, body { height: 100%; margin: 0 } #chat { height: 100% }</style><div id="chat" role="main"></div><script src="/webchat.js"></script>
<script>
  const user = new URLSearchParams(location.search).get('user');
  fetch('/directline/conversations', { method: 'POST' }).then((answer) => answer.json()).then(({ conversationId }) => {
    const domain = location.origin + '/directline';
    window.WebChat.renderWebChat({
      directLine: window.WebChat.createDirectLine({ domain, token: 'none', webSocket: false, pollingInterval: 200 }),
      userID: user, username: user, styleOptions: { bubbleMaxWidth: 900, hideUploadButton: true },
    }, document.getElementById('chat'));
  });
</script>`;

const app = express();
const server = createServer(app);
server.listen(0, '127.0.0.1', () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  app.get('/', (_, answer) => answer.type('html').send(page));
  app.get('/webchat.js', (_, answer) => answer.sendFile(new URL('./node_modules/.webchat/4.18.1.js', import.meta.url).pathname, { dotfiles: 'allow' }));
  app.use(require('offline-directline').getRouter(address, process.argv[2]));
  process.stdout.write(`${address}\n`);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
