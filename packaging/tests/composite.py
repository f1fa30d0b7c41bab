"""Runs the steps of a composite action or of a CI job as their service would, as far as that goes on one machine."""

import os
import re
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML


def load(path):
    return YAML(typ="safe").load(Path(path).read_text())


class Runner:
    """A GitHub runner: files for outputs, for the path and for the summary of the job."""

    def __init__(self, workspace, temporary, action):
        self.workspace, self.temporary, self.action = workspace, Path(temporary), action
        for name in ["output", "path", "summary"]:
            (self.temporary / name).write_text("")
        self.outputs, self.said = {}, ""

    def run_action(self, path, given):
        """Runs the action; returns the exit code of the first step that fails, or 0."""
        action = load(path)
        inputs = {name: str(given.get(name, about.get("default", ""))) for name, about in action["inputs"].items()}
        unknown = set(given) - set(inputs)
        assert not unknown, f"the action has no input {unknown}"
        for step in action["runs"]["steps"]:
            if "if" in step and not self.holds(step["if"], inputs):
                continue
            if "uses" in step:
                sarif = self.fill(step["with"]["sarif_file"], inputs)
                assert Path(sarif).stat().st_size > 0, "nothing to upload"
                self.said += f"uploaded {sarif}\n"
                continue
            code = self.step(step, inputs)
            if code != 0:
                return code
        return 0

    def holds(self, condition, inputs):
        name, _, value = re.fullmatch(r"inputs\.([\w-]+) (==) '(.*)'", condition).groups()
        return inputs[name] == value

    def fill(self, text, inputs):
        def value(match):
            kind, *rest = match[1].split(".")
            return inputs[rest[0]] if kind == "inputs" else self.outputs[rest[0]][rest[2]]

        return re.sub(r"\$\{\{ ([\w.-]+) \}\}", value, str(text))

    def step(self, step, inputs):
        added = (self.temporary / "path").read_text().split()
        environment = {
            **os.environ,
            "PATH": ":".join([*reversed(added), os.environ["PATH"]]),
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_OUTPUT": str(self.temporary / "output"),
            "GITHUB_PATH": str(self.temporary / "path"),
            "GITHUB_STEP_SUMMARY": str(self.temporary / "summary"),
            "RUNNER_TEMP": str(self.temporary),
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": {"x86_64": "X64", "aarch64": "ARM64"}[os.uname().machine],
            **{name: self.fill(text, inputs) for name, text in step.get("env", {}).items()},
        }
        (self.temporary / "output").write_text("")
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", self.fill(step["run"], inputs)]
        done = subprocess.run(command, cwd=self.workspace, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.said += done.stdout
        lines = (self.temporary / "output").read_text().splitlines()
        self.outputs[step.get("id", "")] = {"outputs": "", **dict(line.split("=", 1) for line in lines)}
        return done.returncode


def main():
    """`composite.py ACTION WORKSPACE TEMPORARY NAME=VALUE...`: prints what the steps say, and ends as they do."""
    path, workspace, temporary, *given = sys.argv[1:]
    runner = Runner(workspace, temporary, Path(path).resolve().parent)
    code = runner.run_action(path, dict(word.split("=", 1) for word in given))
    print(runner.said)
    sys.exit(code)


if __name__ == "__main__":
    main()
