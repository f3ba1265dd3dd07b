/** The Postgres schema of what is generated, and of nothing else. */
export const viewSchema = 'formwork_views';
