// Runs the official connector client against the fake service. Prints one JSON line: what it saw. Arguments: the service's address, a bearer token.
import connector from 'botframework-connector';
const { ConnectorClient, MicrosoftAppCredentials } = connector;

const [, , url, token] = process.argv;
class Fixed extends MicrosoftAppCredentials {
  async getToken() { return token; }
}
const client = new ConnectorClient(new Fixed('x', 'y'), { baseUri: url });
const conversation = '19:c@thread.tacv2;messageid=1';
const activity = { type: 'message', text: 'hello' };
const sent = await client.conversations.sendToConversation(conversation, activity);
const replied = await client.conversations.replyToActivity(conversation, sent.id, activity);
const updated = await client.conversations.updateActivity(conversation, sent.id, { type: 'message', text: 'changed' });
const removed = await client.conversations.deleteActivity(conversation, replied.id).then(() => true);
const member = await client.conversations.getConversationMember?.(conversation, '29:ann').catch((e) => ({ error: String(e) }));
const paged = await client.conversations.getConversationPagedMembers(conversation, { pageSize: 50 });
const gone = await client.conversations.updateActivity(conversation, '404', activity).catch((e) => e.statusCode);
const created = await client.conversations.createConversation({ isGroup: false, bot: { id: '28:b' }, members: [{ id: '29:ann' }], tenantId: 't', activity });
process.stdout.write(`${JSON.stringify({ sent: sent.id, replied: replied.id, updated: updated.id, removed, member: member?.id, members: paged.members.length, gone, created: created.id })}\n`);
