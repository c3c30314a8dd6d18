from rdflib import Graph
from rdflib.namespace import RDFS

hec = Graph().parse("http://localhost:8000/id/HEC")
for thing, label in hec.subject_objects(RDFS.label):
    print(thing, label)
