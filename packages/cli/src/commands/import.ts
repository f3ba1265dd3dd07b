import { type Command, Option } from 'commander';
import { collect, examples, jsonOption } from '../command-help.ts';
import { importFile } from '../import/import-file.ts';
import { type ImportOptions, parseBatch, parseDelimiter } from '../import/import-options.ts';
import { fileFormats } from '../import/open-source.ts';
import type { Terminal } from '../terminal.ts';

/** `formwork import`. */
export function addImportCommand(program: Command, terminal: Terminal): void {
  program
    .command('import')
    .description('Import records from a file of any size: CSV with a header, JSON lines, or one JSON array.')
    .argument('<file>', 'UTF-8 text, .csv, .tsv, .jsonl or .json')
    .requiredOption('--tenant <slug>', 'whose data')
    .requiredOption('--entity <key>', 'what the rows are')
    .addOption(
      new Option('--as <format>', "format, where the file's name does not tell it").choices(fileFormats),
    )
    .option(
      '--map <column=field>',
      'where a column goes; for a link, by which key its target is found',
      collect,
    )
    .option('--skip <column>', 'leave a column out', collect)
    .option('--date-format <[column=]format>', 'how dates are written, if not as in ISO 8601', collect)
    .option('--null <text>', 'a text that stands for "no value", as an empty cell does', collect)
    .option('--key <key>', 'a unique key: records that have its values are changed instead of refused')
    .option('--delimiter <character>', 'between the columns of CSV; "tab" for a tab', parseDelimiter, ',')
    .option('--list-separator <text>', 'between the values of a list in one cell', ';')
    .option('--batch <rows>', 'rows of one transaction', parseBatch, 1000)
    .option('--rejects <file>', 'write rejected rows with their reasons to this file, as JSON lines')
    .option('--dry-run', 'check everything and write nothing (a key that two batches share is not noticed)')
    .addOption(jsonOption())
    .addHelpText('after', details)
    .action((file: string, options: ImportOptions) => importFile(terminal, file, options));
}

const details = `
Columns find their fields by key, name or label. Rows that do not fit are rejected with their line and reason; the
others are written. If any row was rejected, the exit code is 1.

Formats of dates are made of yyyy MM M dd d HH H hh h mm ss S a XXX; without XXX (an offset) a time is UTC.
${examples(
  'formwork import --tenant aviation --entity airport airports.csv',
  'formwork import --tenant aviation --entity flight flights.json \\\n' +
    '      --map date=departs_at --date-format "date=yyyy/MM/dd HH:mm" \\\n' +
    '      --map origin=airport.iata --map destination=airport.iata',
  'formwork import --tenant shop --entity product products.csv --map tags=tag.name --delimiter ";" --rejects bad.jsonl',
)}`;
