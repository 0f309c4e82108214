/** A database of one's own, a copy of the migrated template, in some 30 ms. */
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import pg from 'pg'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../../src/core/db.ts'
import { migrate, readMigrations } from '../../src/core/migrations.ts'
import { templateDatabase, withDatabase } from './postgres.ts'

export async function freshDatabaseUrl(): Promise<string> {
  const server = inject('postgresUrl')
  const name = `t${process.hrtime.bigint()}_${Math.floor(Math.random() * 1e6)}`
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  await admin.query(`create database ${name} template ${templateDatabase} strategy file_copy`)
  await admin.end()
  return withDatabase(server, name)
}

export async function freshDatabase(): Promise<Database> {
  return openDatabase(await freshDatabaseUrl(), { connections: 8 })
}

/** The same contract must hold in the embedded database. Built once in a process and copied, which is four times as fast. */
export async function freshEmbeddedDatabase(): Promise<Database> {
  template.files ??= migratedFiles()
  const lite = await PGlite.create({ loadDataDir: await template.files })
  return { db: drizzle(lite), kind: 'embedded', close: () => lite.close() }
}

const template: { files?: Promise<Blob> } = {}

async function migratedFiles(): Promise<Blob> {
  const lite = await PGlite.create()
  await migrate({ db: drizzle(lite), kind: 'embedded', close: () => lite.close() }, readMigrations('migrations'))
  const files = await lite.dumpDataDir('none')
  await lite.close()
  return files
}

export const databaseKinds = [
  { kind: 'postgres', open: freshDatabase },
  { kind: 'embedded', open: freshEmbeddedDatabase },
] as const
