from SPARQLWrapper import JSON, SPARQLWrapper

sparql = SPARQLWrapper("http://localhost:8000/sparql")
sparql.setQuery("SELECT ?area { id:HEC cpec:taskedInArea ?area }")
sparql.addParameter("cite", "true")
sparql.setReturnFormat(JSON)
answer = sparql.queryAndConvert()
for row, citation in zip(answer["results"]["bindings"], answer["citations"], strict=True):
    quotes = [answer["sources"][graph].get("quote") for graph in citation["graphs"]]
    print(row["area"]["value"], quotes)
