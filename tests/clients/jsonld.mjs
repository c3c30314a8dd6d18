// node jsonld.mjs ADDRESS: what the document there says that anything cooperates in, as JSON.
import jsonld from 'jsonld';

const areas = new Set();
const collect = (node) => {
  if (node === null || typeof node !== 'object') return;
  const own = node['https://w3id.org/cpec-graph/ontology#cooperatesIn'] ?? [];
  own.forEach((value) => areas.add(value['@id']));
  Object.values(node).forEach(collect);
};
collect(await jsonld.expand(process.argv[2]));
console.log(JSON.stringify([...areas]));
