// node ldes.mjs ADDRESS: the members of the stream there, as JSON: graph, time, number of triples.
import { replicateLDES, intoConfig } from 'ldes-client';

const members = [];
const client = replicateLDES(intoConfig({ url: process.argv[2] }), 'none');
for await (const { id, isVersionOf, timestamp, quads } of client.stream()) {
  const triples = quads.filter((quad) => quad.graph.equals(id)).length;
  members.push({ graph: isVersionOf, time: timestamp, triples });
}
console.log(JSON.stringify(members));
