# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a backup of the flash to the controller and check it there.

dest        folder on the controller
src         the backup on the camera, with .sha256sum and .info beside it; or
argv        a command that writes the flash to its standard output, and
partitions  what the camera says is on it: a list with offset, size and sha256

Returns path and sha256. What does not have the digest that the camera gave is removed again.
"""

import hashlib
import os
import shlex

from ansible.module_utils.common.text.converters import to_text
from ansible_collections.uniflash.camera.plugins.plugin_utils.camera import CameraAction, Trouble


class ActionModule(CameraAction):
    _VALID_ARGS = frozenset(("dest", "src", "argv", "partitions"))

    def act(self, args):
        os.makedirs(args["dest"], exist_ok=True)
        return self.fetch_file(args) if "src" in args else self.fetch_stream(args)

    def fetch_file(self, args):
        src = args["src"]
        path = os.path.join(args["dest"], os.path.basename(src))
        expected = to_text(self.read(src + ".sha256sum")).split(" ")[0]
        if os.path.exists(path) and sha256_of_file(path) == expected:
            return {"changed": False, "path": path, "sha256": expected}
        data = self.read(src)
        if hashlib.sha256(data).hexdigest() != expected:
            raise Trouble("the backup %s does not have the SHA-256 of %s.sha256sum" % (src, src))
        write(path + ".info", self.read(src + ".info"))
        return self.keep(path, data)

    def fetch_stream(self, args):
        data = self.output(args["argv"])
        for part in args["partitions"]:
            piece = data[part["offset"]:part["offset"] + part["size"]]
            if len(piece) != part["size"] or hashlib.sha256(piece).hexdigest() != part["sha256"]:
                raise Trouble("what arrived of partition %s is not what is on the flash" % part["name"])
        if len(data) != sum(part["size"] for part in args["partitions"]):
            raise Trouble("what arrived is not as large as the flash")
        name = "uniflash-backup-%s.bin" % hashlib.sha256(data).hexdigest()[:12]
        return self.keep(os.path.join(args["dest"], name), data)

    def read(self, path):
        return self.output(["cat", path])

    def output(self, argv):
        status, out, err = self.sh(" ".join(shlex.quote(word) for word in argv))
        if status != 0:
            raise Trouble(err or "%s ended with %d" % (argv[0], status))
        return out

    @staticmethod
    def keep(path, data):
        digest = hashlib.sha256(data).hexdigest()
        write(path, data)
        # What is on the disk, not what was meant to be.
        if sha256_of_file(path) != digest:
            os.remove(path)
            raise Trouble("%s was written wrongly" % path)
        write(path + ".sha256sum", ("%s  %s\n" % (digest, os.path.basename(path))).encode())
        return {"changed": True, "path": path, "sha256": digest}


def write(path, data):
    with open(path + ".part", "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".part", path)


def sha256_of_file(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
