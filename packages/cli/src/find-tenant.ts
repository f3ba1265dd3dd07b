import { findTenant, listTenants, type TenantRow } from '@formwork/directory';
import type { ControlPlane } from '@formwork/pg';
import { didYouMean } from '@formwork/registry';
import { Failure } from './failure.ts';
import { quote, quoteList } from './quote.ts';

/** The tenant of that slug. Throws a Failure that names those that there are. */
export async function getTenant(control: ControlPlane, slug: string): Promise<TenantRow> {
  const tenant = await findTenant(control, slug);
  if (tenant !== null) return tenant;
  const slugs = (await listTenants(control)).map((one) => one.slug);
  const known = slugs.length === 0 ? 'There is none yet' : `There is ${quoteList(slugs)}`;
  throw new Failure(
    `There is no tenant ${quote(slug)}.${didYouMean(slug, slugs)} ${known}; "formwork tenant create" makes one.`,
  );
}
