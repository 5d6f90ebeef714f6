// Judges tokens by Microsoft's three validators. Argument: the OpenID metadata address of the fake service. Input: one JSON line per case
// { name, header, channel, serviceUrl, app, tenant }; prints one line { name: { connector, teams, agents } }, true where a validator accepts.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import connector from 'botframework-connector';

const require = createRequire(import.meta.url);
const metadata = process.argv[2];
const keys = metadata.replace(/\/openidconfiguration$/, '/keys');
console.error = () => {};

const { ChannelValidation } = connector;
ChannelValidation.OpenIdMetadataEndpoint = metadata;
async function byConnector({ header, channel, serviceUrl, app }) {
  const credentials = { isValidAppId: async (id) => id === app, getAppPassword: async () => 'x', isAuthenticationDisabled: async () => false };
  return (await ChannelValidation.authenticateChannelTokenWithServiceUrl(header, credentials, serviceUrl, channel)).isAuthenticated;
}

const quiet = { debug() {}, info() {}, warn() {}, error() {}, log() {}, trace() {}, child() { return this; } };
const teams = require('./node_modules/@microsoft/teams.apps/dist/middleware/auth/service-token-validator.js');
const cloud = { loginEndpoint: new URL(metadata).origin, tokenIssuer: 'https://api.botframework.com', openIdMetadataUrl: metadata };
let teamsValidator;
async function byTeams({ header, serviceUrl, app, tenant }) {
  teamsValidator ??= new teams.ServiceTokenValidator(app, tenant, undefined, quiet, cloud);
  await teamsValidator.check(header, { serviceUrl });
  return true;
}

// Its addresses of keys are built in, so only where they are fetched from is changed; all of its judgement stays.
const hosting = createRequire(require.resolve('@microsoft/agents-hosting'));
const place = hosting.resolve('jwks-rsa');
const fetching = hosting(place);
require.cache[place].exports = Object.assign((options) => fetching({ ...options, jwksUri: keys }), fetching, { default: (options) => fetching({ ...options, jwksUri: keys }) });
const { authorizeJWT } = hosting('./auth/jwt-middleware.js');
async function byAgents({ header, app, tenant }) {
  const connection = { clientId: app, tenantId: tenant, clientSecret: 'x', authority: 'https://login.microsoftonline.com', issuers: ['https://api.botframework.com', `https://sts.windows.net/${tenant}/`, `https://login.microsoftonline.com/${tenant}/v2.0`], validateIssuer: true };
  const config = { ...connection, connections: new Map([['serviceConnection', connection]]), connectionsMap: [{ serviceUrl: '*', connection: 'serviceConnection' }] };
  let accepted = false;
  await authorizeJWT(config)({ method: 'POST', headers: { authorization: header } }, { status: () => ({ send() {} }) }, () => { accepted = true; });
  return accepted;
}

const verdicts = {};
for (const line of readFileSync(0, 'utf8').split('\n').filter((one) => one.length > 0)) {
  const one = JSON.parse(line);
  verdicts[one.name] = {};
  for (const [name, judge] of [['connector', byConnector], ['teams', byTeams], ['agents', byAgents]]) {
    verdicts[one.name][name] = await judge(one).catch(() => false);
  }
}
process.stdout.write(`${JSON.stringify(verdicts)}\n`);
