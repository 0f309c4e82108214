/**
 * What a database is beyond its contents: settings made with `alter database … set`, rights on it, its limit and its
 * comment. A dump holds none of it, and a swap that forgot it would be found out by clients.
 */
import { addressOf, Failed, patience, say, talkTo } from './work-steps.ts'

export async function carryOver(url: string, from: string, to: string): Promise<void> {
  const made = await talkTo(addressOf(url, 'postgres'), patience, async ({ ask }) => {
    const settings = await ask(
      `select r.rolname as role, split_part(s.one, '=', 1) as name, substr(s.one, strpos(s.one, '=') + 1) as value
       from pg_db_role_setting d join pg_database b on b.oid = d.setdatabase left join pg_roles r on r.oid = d.setrole
       cross join unnest(d.setconfig) s(one) where b.datname = $1`,
      [from],
    )
    // The database writes the statements, names quoted; nothing here puts them together.
    const statements = await ask(
      `select statement from (
         select 1 as place, format('revoke all on database %I from public', $2::text) as statement from pg_database
           where datname = $1 and datacl is not null
         union all
         select 2, format('grant %s on database %I to %s%s', privilege_type, $2::text,
           case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end,
           case when is_grantable then ' with grant option' else '' end)
           from pg_database, aclexplode(datacl) where datname = $1
         union all
         select 3, format('alter database %I connection limit %s', $2::text, datconnlimit) from pg_database
           where datname = $1 and datconnlimit >= 0
         union all
         select 4, format('comment on database %I is %L', $2::text, shobj_description(oid, 'pg_database'))
           from pg_database where datname = $1 and shobj_description(oid, 'pg_database') is not null
       ) all_of_it order by place`,
      [from, to],
    )
    return { settings, statements: statements.map(({ statement }) => String(statement)) }
  })
  try {
    // A session of its own: it takes on each setting, and leaves it to the database as the server understood it.
    await talkTo(addressOf(url, 'postgres'), patience, async ({ ask }) => {
      for (const statement of made.statements) await ask(statement)
      for (const { role, name, value } of made.settings) {
        await ask('select set_config($1, $2, false)', [name, value])
        const [row] = await ask(
          `select format('alter %s set %s from current',
             case when $1::text is null then format('database %I', $2::text) else format('role %I in database %I', $1::text, $2::text) end,
             (select string_agg(quote_ident(part), '.') from unnest(string_to_array($3, '.')) part)) as sql`,
          [role, to, name],
        )
        await ask(String(row?.sql))
      }
    })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Failed(
      `the settings and rights of ${from} cannot be given to ${to} (${why}), so nothing was swapped, and ${to} stays beside`,
    )
  }
  const count = made.settings.length + made.statements.length
  say(`${count === 0 ? 'no' : count} settings and rights of ${from} were given to ${to}`)
}
