"""Reads OpenMetrics with the parser of prometheus_client, which is strict about families, units,
escapes and the end mark, and prints what it read as JSON."""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

families = {}
for family in text_string_to_metric_families(sys.stdin.read()):
    families[family.name] = {
        "type": family.type,
        "unit": family.unit,
        "samples": [[each.name, each.labels, each.value] for each in family.samples],
    }
print(json.dumps(families))
