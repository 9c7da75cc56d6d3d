// What the database remembers, read from a copy: the file itself is the server's.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';

/** Asks the database of a server that does not run, even one that was killed. */
export async function ask(server, sql, values = []) {
  const folder = await mkdtemp(join(tmpdir(), 'recado-look-'));
  try {
    await cp(server.data, folder, { recursive: true });
    const database = new sqlite.Database(join(folder, 'recado.db'));
    try {
      // This build of SQLite has no shared memory; alone it reads the write-ahead log without.
      database.exec('pragma locking_mode = exclusive');
      return database.all(sql, values);
    } finally {
      database.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The public events of a chat in their order: `{seq, act, event}`. */
export async function eventsOf(server, chat) {
  const rows = await ask(server, 'select seq, act, body from events where chat_id = ? and aside = 0 order by seq', [chat]);
  return rows.map(row => ({ seq: Number(row.seq), act: row.act, event: JSON.parse(row.body) }));
}

/** The words in these events, as a transcript: `customer: …` or `agent: …`. */
export function wordsIn(events) {
  return events.flatMap(({ event }) => (event.Posted ? [`${event.Posted.by ? 'agent' : 'customer'}: ${event.Posted.text}`] : []));
}
