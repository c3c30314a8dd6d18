// node comunica.mjs SOURCE QUERY: the first column of the rows that Comunica finds there, as JSON.
import { QueryEngine } from '@comunica/query-sparql';

const [source, query] = process.argv.slice(2);
const bindings = await new QueryEngine().queryBindings(query, { sources: [source] });
const rows = await bindings.toArray();
console.log(JSON.stringify(rows.map((row) => [...row.values()][0].value)));
