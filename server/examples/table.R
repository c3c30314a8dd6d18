areas <- read.csv("http://localhost:8000/api/queries/intended-areas?format=csv&cite=true")
print(areas[, c("areaLabel", "sources", "quotes", "anchors")])
