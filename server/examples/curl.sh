# A question of the catalogue: a table whose last columns are the sources of each row and their quotes.
curl 'http://localhost:8000/api/queries/intended-areas?format=csv&cite=true'

# Any SPARQL query.
curl -H 'Accept: text/csv' http://localhost:8000/sparql --data-urlencode cite=true --data-urlencode \
  'query=SELECT ?area { id:HEC cpec:taskedInArea ?area }'
