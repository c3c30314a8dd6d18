// node ldes.mjs ADDRESS: the members of the stream there, as JSON: graph, time, number of triples.
import { replicateLDES, intoConfig } from 'ldes-client';

// by name: when its answers come late, the client hands on a member twice
const members = new Map();
const client = replicateLDES(intoConfig({ url: process.argv[2] }), 'none');
for await (const { id, isVersionOf, timestamp, quads } of client.stream()) {
  const triples = quads.filter((quad) => quad.graph.equals(id)).length;
  members.set(id.value, { graph: isVersionOf, time: timestamp, triples });
}
console.log(JSON.stringify([...members.values()]));
