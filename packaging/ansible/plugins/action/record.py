# SPDX-License-Identifier: GPL-3.0-or-later
"""Write down on the controller what became of a camera.

path   the report, a JSON file for all cameras
entry  what is known of this one; replaces what stood there, but for "flashed" where the entry has none

Without entry only what stands there is returned, as entry. Several cameras may be written down at the same time.
"""

import fcntl
import json
import os
import time

from ansible_collections.uniflash.camera.plugins.plugin_utils.camera import CameraAction, Trouble


class ActionModule(CameraAction):
    _VALID_ARGS = frozenset(("path", "entry"))

    def act(self, args):
        path, host = args["path"], self.task_vars["inventory_hostname"]
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path + ".lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            report = read(path)
            old = report["hosts"].get(host, {})
            if "entry" not in args:
                return {"changed": False, "entry": old}
            entry = dict(args["entry"], time=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
            if "flashed" not in entry and "flashed" in old:
                entry["flashed"] = old["flashed"]
            report["hosts"][host] = entry
            write(path, report)
        return {"changed": False, "entry": entry}


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {"version": 1, "hosts": {}}
    except ValueError as error:
        raise Trouble("%s is no report: %s" % (path, error)) from error


def write(path, report):
    with open(path + ".part", "w", encoding="utf-8") as file:
        json.dump(report, file, indent=2, sort_keys=True)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".part", path)
