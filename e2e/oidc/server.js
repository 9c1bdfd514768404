// An OAuth 2.0 server that we did not write, set up as Google's is for a desktop program: a secret, PKCE S256, a loopback address with any
// port, refresh tokens. Its person agrees at once. Prints its address, and writes the client file; refuses what does not keep the rules.

import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [clientFile] = process.argv.slice(2);
const SCOPES = [
  "https://www.googleapis.com/auth/photoslibrary.readonly",
  "https://www.googleapis.com/auth/photoslibrary.readonly.appcreateddata",
  "https://www.googleapis.com/auth/photoslibrary.appendonly",
  "https://www.googleapis.com/auth/photospicker.mediaitems.readonly",
];
const SECRET = "a-secret-of-the-independent-server";

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "desktop",
        client_secret: SECRET,
        application_type: "native",
        token_endpoint_auth_method: "client_secret_post",
        grant_types: ["authorization_code", "refresh_token"],
        redirect_uris: ["http://127.0.0.1"],
      },
    ],
    scopes: ["openid", "offline_access", ...SCOPES],
    pkce: { required: () => true },
    routes: { authorization: "/o/oauth2/v2/auth", token: "/token", revocation: "/revoke" },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
    interactions: { url: (_, interaction) => `/agree/${interaction.uid}` },
    // Google gives one for `access_type=offline`; this server would ask for the scope `offline_access`.
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    ttl: { AccessToken: () => 3600, RefreshToken: () => 14 * 86400, Grant: () => 14 * 86400, Session: () => 3600, Interaction: () => 600 },
    findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  });

  const agree = async (request, response) => {
    const { params } = await provider.interactionDetails(request, response);
    const grant = new provider.Grant({ accountId: "person", clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    const grantId = await grant.save();
    await provider.interactionFinished(request, response, { login: { accountId: "person" }, consent: { grantId } });
  };

  const answer = provider.callback();
  server.on("request", (request, response) => {
    if (!request.url.startsWith("/agree/")) {
      answer(request, response);
      return;
    }
    agree(request, response).catch((error) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });
  provider.on("server_error", (_, error) => console.error(error));
  for (const kind of ["authorization.error", "grant.error", "revocation.error"]) {
    provider.on(kind, (_, error) => console.error(`${kind}: ${error.error}: ${error.error_description}`));
  }
  const installed = {
    client_id: "desktop",
    client_secret: SECRET,
    project_id: "independent",
    auth_uri: `${issuer}/o/oauth2/v2/auth`,
    token_uri: `${issuer}/token`,
    redirect_uris: ["http://localhost"],
  };
  writeFileSync(clientFile, JSON.stringify({ installed }));
  console.log(`issuer ${issuer}`);
});
