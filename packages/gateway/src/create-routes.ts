import type { ControlPlane, DataPlane } from '@formwork/pg';
import { createDesign, DesignOperation } from './design/design-operation.ts';
import { fastLane } from './http/fast-lane.ts';
import type { GraphqlEndpoint } from './http/front.ts';
import { GraphiqlPage } from './http/graphiql.ts';
import { serveHealth, serveMetrics, serveReadiness, serveRoot } from './http/health.ts';
import type { Routes, Serve } from './http/router.ts';
import { serveSchemaText } from './http/schema-text.ts';
import { createGatewayYoga } from './http/yoga.ts';
import { createYogaLane } from './http/yoga-lane.ts';
import { Operation } from './operations/operation.ts';
import type { Services } from './services.ts';

/** Everything that can be asked for, by path. */
export function createRoutes(services: Services, control: ControlPlane): Routes {
  const design = createDesign(control, services.options);
  const beginDesign: GraphqlEndpoint['begin'] = (visit, params, method) =>
    DesignOperation.begin(design, visit, params, method);
  const endpoints = new Map([
    ['/graphql', mount(services, '/graphql', 'Formwork', Operation.begin)],
    ['/design', mount(services, '/design', 'Formwork Design', beginDesign)],
  ]);
  const others = new Map<string, Serve>([
    ['/schema.graphql', (exchange) => serveSchemaText(exchange, services)],
    ['/healthz', serveHealth],
    ['/readyz', serveReadiness(() => assertReady(services.dataPlane))],
    ['/metrics', serveMetrics(services.metrics)],
    ['/', serveRoot],
  ]);
  return { services, endpoints, others };
}

function mount(services: Services, path: string, title: string, begin: GraphqlEndpoint['begin']) {
  const { options, log } = services;
  const yoga = createGatewayYoga({ path, title, graphiql: options.graphiql, log });
  const lanes = { fastLane: options.fastLane ? fastLane : null, yogaLane: createYogaLane(yoga) };
  return { endpoint: { ...lanes, begin }, page: new GraphiqlPage(yoga) };
}

/**
 * That Postgres gives nobody's versions takes a connection of the data plane and a migrated database. No tenant's slug has
 * an underscore; an id that is nobody's would be an error, and an entry in the log of Postgres each time.
 */
async function assertReady(dataPlane: DataPlane): Promise<void> {
  await dataPlane.readAs('_', [], { budget: 2_000 });
}
