# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy a file of the controller to the camera, which has neither Python nor a server for scp or sftp.

src    file on the controller
dest   its full name on the camera
mode   its permissions (0644)
state  present, or absent: remove dest

A file that is there already with the same digest is not copied again: copied says whether it was. sha256 is the
digest of src.
"""

import hashlib
import shlex

from ansible_collections.uniflash.camera.plugins.plugin_utils.camera import CameraAction, Trouble


class ActionModule(CameraAction):
    _VALID_ARGS = frozenset(("src", "dest", "mode", "state"))

    def act(self, args):
        if args.get("state", "present") == "absent":
            self.sh("rm -f %s" % shlex.quote(args["dest"]))
            return {"changed": True}
        try:
            with open(args["src"], "rb") as file:
                data = file.read()
        except OSError as error:
            raise Trouble(str(error)) from error
        digest = hashlib.sha256(data).hexdigest()
        if self.holds(args["dest"], data):
            return {"changed": False, "copied": False, "sha256": digest}
        self.copy(data, args["dest"], args.get("mode", "0644"))
        return {"changed": True, "copied": True, "sha256": digest}

    def copy(self, data, dest, mode):
        dest, part = shlex.quote(dest), shlex.quote(dest + ".part")
        # The old one first: there may not be room for two. A card with FAT has no permissions to give.
        command = "rm -f {dest} && cat >{part} && {{ chmod {mode} {part} 2>/dev/null; mv {part} {dest}; }}".format(
            dest=dest, part=part, mode=shlex.quote(str(mode))
        )
        status, _out, err = self.sh(command, data)
        if status != 0:
            self.sh("rm -f %s" % part)
            raise Trouble("cannot write %s on the camera: %s" % (dest, err or "status %d" % status))
        if not self.holds(shlex.split(dest)[0], data):
            raise Trouble("%s arrived damaged on the camera" % dest)
