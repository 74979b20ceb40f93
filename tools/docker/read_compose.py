"""``python read_compose.py compose.yaml``: print it as JSON, once it is a valid one.

Runs in the environment with the packages that read it.
"""

import json
import sys
from pathlib import Path

import yaml
from compose_spec import PyCompose

content = yaml.safe_load(Path(sys.argv[1]).read_text())
PyCompose.from_json(json.dumps(content)).validate()
sys.stdout.write(json.dumps(content))
