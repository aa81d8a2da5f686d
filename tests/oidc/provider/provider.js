// A real provider with a few people. One argument: {"port", "callback", "farewell", "people": {login: groups}}.
import { Provider } from 'oidc-provider';

const { port, callback, farewell, people } = JSON.parse(process.argv[2]);
const client = {
  redirect_uris: [callback],
  post_logout_redirect_uris: [farewell],
  response_types: ['code'],
  grant_types: ['authorization_code'],
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    { ...client, client_id: 'zhibiao', client_secret: 'a-secret-of-the-tests-and-nothing-else' },
    { ...client, client_id: 'zhibiao-public', token_endpoint_auth_method: 'none' },
  ],
  claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
  findAccount: (_, login) =>
    login in people && {
      accountId: login,
      claims: () => ({ sub: login, preferred_username: login.replace('id-of-', ''), groups: people[login] }),
    },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  cookies: { keys: ['only for tests'] },
});
provider.listen(port, '127.0.0.1', () => console.log('ready'));
