// node follow.mjs PAGE QUERY: the first column of the rows that Comunica finds in the parts of a page, to which its head links.
import { QueryEngine } from '@comunica/query-sparql';

const [page, query] = process.argv.slice(2);
const head = await fetch(page, { headers: { accept: 'text/html' } });
const links = head.headers.get('link').matchAll(/<([^>]*)>; rel="item"(; type=)?/g);
const sources = [...links].filter(([, , typed]) => !typed).map(([, address]) => address);
const bindings = await new QueryEngine().queryBindings(query, { sources });
const rows = await bindings.toArray();
console.log(JSON.stringify(rows.map((row) => [...row.values()][0].value)));
