"""Takes the named blocks out of the documentation: `snippets.py FOLDER PAGE...` writes ```yaml NAME blocks as FOLDER/NAME."""

import re
import sys
from pathlib import Path

folder, *pages = map(Path, sys.argv[1:])
for page in pages:
    for name, content in re.findall(r"^```ya?ml (\S+)\n(.*?)^```$", page.read_text(), re.M | re.S):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        print(name)
