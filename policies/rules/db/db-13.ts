import type { Fault } from "../../findings.ts";
import { bags, shown, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/** What a parameter must not be, and what then happens. */
interface Danger {
  value: RegExp;
  want: string;
}

const OFF = /^(0|off|false)$/i;
const ON = /^(1|on|true)$/i;

const LOST: Omit<Danger, "value"> = { want: "left out, as a crash loses what was confirmed otherwise" };
const READ: Omit<Danger, "value"> = { want: "left out, as the log then has every password and every value" };

/** Parameters of PostgreSQL, then of MySQL and MariaDB. */
const DANGERS: Readonly<Record<string, Danger>> = {
  autovacuum: { value: OFF, want: "left out, as a database without it stops one day" },
  fsync: { value: OFF, ...LOST },
  full_page_writes: { value: OFF, ...LOST },
  log_statement: { value: /^all$/i, ...READ },
  password_encryption: { value: /^(md5|on)$/i, want: "scram-sha-256" },
  synchronous_commit: { value: OFF, ...LOST },
  general_log: { value: ON, ...READ },
  innodb_flush_log_at_trx_commit: { value: /^[02]$/, ...LOST },
  local_infile: { value: ON, want: "0, as a client then hands over its own files" },
  sync_binlog: { value: /^0$/, ...LOST },
};

export const DB_13 = rule({
  id: "DB-13",
  title: "No parameter makes a database lose what it confirmed, or tell its secrets",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 PI1.5", "SOC2 CC6.1"],
  remediation: "Take the parameter out of the group: what RDS sets otherwise is safe.",
  types: ["aws:rds/parameterGroup:ParameterGroup", "aws:rds/clusterParameterGroup:ClusterParameterGroup"],
  check: ({ inputs }): Fault[] =>
    bags(inputs, "parameters").flatMap((each) => {
      const name = text(each, "name") ?? "";
      const danger = Object.hasOwn(DANGERS, name) ? DANGERS[name] : undefined;
      const got = danger === undefined ? "" : shown(each["value"]);
      return danger?.value.test(got) ? [{ property: `parameters.${name}`, got, want: danger.want }] : [];
    }),
});
