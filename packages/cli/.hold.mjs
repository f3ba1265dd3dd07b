import { openPostgres } from '@formwork/pg';

const pg = await openPostgres({ dataDir: process.argv[2] });
console.log(pg.adminUrl);
console.log(pg.gatewayUrl);
process.on('SIGTERM', async () => {
  await pg.stop();
  process.exit();
});
setInterval(() => {}, 1000);
