const query = "SELECT ?area { id:HEC cpec:taskedInArea ?area }";
const address = "http://localhost:8000/sparql?" + new URLSearchParams({ query, cite: "true" });
const reply = await fetch(address, { headers: { Accept: "application/json" } });
const { results, citations, sources } = await reply.json();
results.bindings.forEach((row, place) => {
  const quotes = citations[place].graphs.map((graph) => sources[graph].quote);
  console.log(row.area.value, quotes);
});
