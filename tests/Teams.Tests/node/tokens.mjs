// Judges tokens by the official validator of the Bot Framework. Argument: the OpenID metadata address. Input: one JSON line per case
// { name, header, channel, serviceUrl, app }; prints one line { name: accepted } for all.
import { readFileSync } from 'node:fs';
import connector from 'botframework-connector';
const { JwtTokenExtractor, AuthenticationConstants } = connector;

const metadata = process.argv[2];
const verdicts = {};
for (const line of readFileSync(0, 'utf8').split('\n').filter((one) => one.length > 0)) {
  const { name, header, channel, serviceUrl, app } = JSON.parse(line);
  try {
    const extractor = new JwtTokenExtractor({ issuer: ['https://api.botframework.com'], clockTolerance: 300, ignoreExpiration: false }, metadata, AuthenticationConstants.AllowedSigningAlgorithms);
    const identity = await extractor.getIdentityFromAuthHeader(header, channel, []);
    verdicts[name] = Boolean(identity?.isAuthenticated) && identity.getClaimValue('iss') === 'https://api.botframework.com' && identity.getClaimValue('aud') === app && identity.getClaimValue('serviceurl') === serviceUrl;
  } catch {
    verdicts[name] = false;
  }
}
process.stdout.write(`${JSON.stringify(verdicts)}\n`);
