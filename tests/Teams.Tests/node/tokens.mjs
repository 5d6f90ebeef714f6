// Judges tokens by the official validator of the Bot Framework. Argument: the OpenID metadata address. Input: one JSON line per case
// { name, header, channel, serviceUrl, app }; prints one line { name: accepted } for all.
import { readFileSync } from 'node:fs';
import connector from 'botframework-connector';
const { ChannelValidation } = connector;

ChannelValidation.OpenIdMetadataEndpoint = process.argv[2];
console.error = () => {};
const verdicts = {};
for (const line of readFileSync(0, 'utf8').split('\n').filter((one) => one.length > 0)) {
  const { name, header, channel, serviceUrl, app } = JSON.parse(line);
  const credentials = { isValidAppId: async (id) => id === app, getAppPassword: async () => 'x', isAuthenticationDisabled: async () => false };
  try {
    const identity = await ChannelValidation.authenticateChannelTokenWithServiceUrl(header, credentials, serviceUrl, channel);
    verdicts[name] = identity.isAuthenticated;
  } catch {
    verdicts[name] = false;
  }
}
process.stdout.write(`${JSON.stringify(verdicts)}\n`);
