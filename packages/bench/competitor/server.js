/**
 * PostGraphile as its manual sets it up for production, with the plugins that its users add for filters and
 * aggregates. Copied into a directory of its own, where its packages are installed.
 */
import { createServer } from 'node:http';
import { PgAggregatesPreset } from '@graphile/pg-aggregates';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { PostGraphileConnectionFilterPreset } from 'postgraphile-plugin-connection-filter';

const { COMPETITOR_DATABASE: connectionString, COMPETITOR_TENANT_SETTING: setsTenant } = process.env;

const preset = {
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset, PgAggregatesPreset],
  pgServices: [
    makePgService({ connectionString, schemas: ['native'], poolConfig: { max: 10 }, pubsub: false }),
  ],
  grafserv: { watch: false, graphiql: false, websockets: false },
  grafast: {
    explain: false,
    context: ({ node }) =>
      setsTenant === '1' ? { pgSettings: { 'app.tenant_id': node?.req.headers['x-tenant'] } } : {},
  },
  gather: { installWatchFixtures: false },
};

const server = createServer();
const instance = postgraphile(preset).createServ(grafserv);
await instance.addTo(server);
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` }));
});
