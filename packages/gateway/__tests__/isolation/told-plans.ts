import { identifier } from '@formwork/pg';
import { asAdmin } from '@formwork/testkit';
import type { PlanNode } from './explain.ts';
import { type Notice, Notices } from './notices.ts';

/** A statement that Postgres carried out, with its values. */
export interface ToldPlan {
  readonly text: string;
  /** The function that it stands in: "formwork.fill_record()"; empty for what the gateway sent. */
  readonly within: string;
  readonly plan: PlanNode;
}

const settings = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_format': 'json',
  'auto_explain.log_level': 'notice',
};

/**
 * The plans of everything that is carried out for the gateway, what stands in functions and triggers among it, as
 * Postgres tells them of itself (auto_explain) to whoever has asked.
 */
export class ToldPlans {
  readonly #plans = new Map<string, ToldPlan>();
  #notices: Notices | null = null;

  static async open({ adminUrl, gatewayUrl }: { readonly adminUrl: string; readonly gatewayUrl: string }) {
    const { pathname, username } = new URL(gatewayUrl);
    const role = `${identifier(username)} in database ${identifier(pathname.slice(1))}`;
    await asAdmin({ adminUrl }, async (admin) => {
      for (const [name, value] of Object.entries(settings))
        await admin.query(`alter role ${role} set ${name} = '${value}'`);
    });
    const told = new ToldPlans();
    told.#notices = await Notices.open(gatewayUrl, (notice) => told.#hear(notice));
    return told;
  }

  /** Of the same database, by way of this. */
  get gatewayUrl(): string {
    return this.#notices?.url ?? '';
  }

  /** One for each distinct text and function. */
  get plans(): readonly ToldPlan[] {
    return [...this.#plans.values()];
  }

  async close(): Promise<void> {
    await this.#notices?.close();
  }

  #hear({ M: message = '', W: where = '' }: Notice): void {
    const [, json] = /^duration: [\d.]+ ms {2}plan:\n([\s\S]*)$/.exec(message) ?? [];
    if (json === undefined) return;
    const [, text = ''] = /"Query Text": ("(?:[^"\\]|\\.)*")/.exec(json) ?? [];
    const [, within = ''] =
      /(?:^|\n)(?:PL\/pgSQL|SQL) function "?([^"\n]*?)"? (?:line|statement)/.exec(where) ?? [];
    const key = `${within} ${text}`;
    if (this.#plans.has(key)) return;
    const { Plan: plan } = JSON.parse(json) as { Plan: PlanNode };
    this.#plans.set(key, { text: JSON.parse(text) as string, within, plan });
  }
}
