import pandas as pd

areas = pd.read_csv("http://localhost:8000/api/queries/intended-areas?format=csv&cite=true")
print(areas[["areaLabel", "sources", "quotes", "anchors"]].to_string())
