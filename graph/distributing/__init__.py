"""Distributing: the build on a cluster of Apache Spark, with the same result (docs/spark.md)."""
