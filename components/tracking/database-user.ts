import { SERVICE_FILE } from "../database/passwords.ts";
import { PASSWORD_FOLDER, USER } from "./database.ts";

/**
 * Makes the server's own user, or gives it its password again, as the master user. The user may connect and have tables of its own in
 * the schema `public`; nobody else may connect. PostgreSQL gets the password as a SCRAM verifier, so that no log can hold it.
 */
export const USER_PROGRAM = `
import configparser, os, psycopg2
from psycopg2 import sql
from psycopg2.extensions import encrypt_password
own = configparser.ConfigParser(interpolation=None)
own.read("${PASSWORD_FOLDER}/${SERVICE_FILE}")
connection = psycopg2.connect(os.environ["MASTER_URI"])
with connection, connection.cursor() as cursor:
    verifier = encrypt_password(own["${USER}"]["password"], "${USER}", connection, "scram-sha-256")
    cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", ["${USER}"])
    verb = "CREATE" if cursor.fetchone() is None else "ALTER"
    cursor.execute(verb + " ROLE ${USER} LOGIN PASSWORD %s", [verifier])
    database = sql.Identifier(connection.info.dbname)
    for statement in [
        "REVOKE ALL ON DATABASE {} FROM PUBLIC",
        "GRANT CONNECT, TEMPORARY ON DATABASE {} TO ${USER}",
        "GRANT USAGE, CREATE ON SCHEMA public TO ${USER}",
    ]:
        cursor.execute(sql.SQL(statement).format(database))
`.trim();
