# SPDX-License-Identifier: GPL-3.0-or-later
"""Run uniflash in the camera and understand what it says.

argv      the command with --json, as a list
accept    exit statuses that are no failure ([0])
restarts  the command ends the connection because it restarts the camera (false)

Returns exit and result (the event of that name), plan, info, live, differs (names of the partitions that verify found
different), warnings, notes and, where it failed, status and msg. changed is true where a block was erased or a page programmed; of a
plan, where it would be. A plan is also the diff.
"""

import json
import shlex

from ansible.module_utils.common.text.converters import to_text
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.uniflash.camera.plugins.plugin_utils.camera import CameraAction, Lost

# What the flash is after an exit status, where there is no event that says so.
UNKNOWN = "uniflash ended with status %d and no result; the state of the flash is not known"


class ActionModule(CameraAction):
    _VALID_ARGS = frozenset(("argv", "accept", "restarts"))

    def act(self, args):
        restarts = boolean(args.get("restarts", False))
        try:
            status, out, err = self.sh(" ".join(shlex.quote(str(word)) for word in args["argv"]))
        except Lost:
            if not restarts:
                raise
            return {"changed": False, "exit": 0}
        if restarts:
            return {"changed": False, "exit": status, "failed": status != 0, "status": "failed", "msg": err}
        answer = understand(to_text(out).splitlines())
        answer["warnings"] = ["%s: %s" % (self.task_vars["inventory_hostname"], text) for text in answer["warnings"]]
        answer["exit"] = status
        if status not in args.get("accept", [0]):
            answer.update(failure(answer, status, err))
        return answer


def understand(lines):
    """What the JSON lines say, as one dictionary."""
    answer = {"changed": False, "differs": [], "refused": [], "warnings": [], "notes": []}
    for event in map(json.loads, filter(whole, lines)):
        kind = event["event"]
        if kind in ("info", "live", "plan", "result"):
            answer[kind] = event
        elif kind == "note":
            answer["warnings" if event["level"] == "warning" else "notes"].append(event["text"])
        elif kind == "verify" and not event["equal"]:
            answer["differs"].append(event["partition"])
        elif kind == "check" and event["result"] == "refused":
            answer["refused"].append(event)
    result, plan = answer.get("result", {}), answer.get("plan")
    answer["changed"] = bool(result.get("erased_blocks") or result.get("programmed_pages"))
    # Of a run that wrote, the plan is what has happened, and has been shown before.
    if plan and not answer["changed"] and result.get("flash") == "untouched":
        answer["changed"] = bool(plan["erase_blocks"] or plan["program_pages"])
        answer["diff"] = {"before": table(plan, False), "after": table(plan, True)}
    return answer


def whole(line):
    """The last line of a run that was cut off may be half a line."""
    return line.startswith("{") and line.endswith("}")


def failure(answer, status, err):
    result = answer.get("result")
    if not result:
        return {"failed": True, "status": "failed", "changed": False, "msg": err or UNKNOWN % status}
    message = result.get("error") or err or "uniflash ended with status %d" % status
    if result.get("check"):
        message = "%s: %s" % (result["check"], message)
    steps = [check["next"] for check in answer["refused"] if check.get("next")]
    wrote = bool(result.get("erased_blocks") or result.get("programmed_pages"))
    return {"failed": True, "status": result["status"], "changed": wrote, "msg": " ".join([message + "."] + steps)}


def table(plan, after):
    """The flash before or after the run, a line a partition: what stays is the same line in both."""
    lines = []
    for row in plan["partitions"]:
        action = row["action"]
        if action in ("write", "erase"):
            action = what_becomes(plan, row) if after else "as it is"
        end = row["offset"] + row["size"]
        lines.append("%-8s 0x%06x-0x%06x  %s" % (row["name"], row["offset"], end, action))
    return "\n".join(lines) + "\n"


def what_becomes(plan, row):
    content = "blank" if row["action"] == "erase" else "image %s" % plan["image_sha256"][:12]
    return "%s (erase %d of %d blocks, program %d pages)" % (
        content,
        row["erase_blocks"],
        row["blocks"],
        row["program_pages"],
    )
