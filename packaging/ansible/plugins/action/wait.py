# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait until the camera answers.

timeout   seconds; with 0 it is asked once
not_boot  the boot_id of a start that is over: until the camera has started again

Returns boot_id, and restart_due: a run has left its keeper, which holds what lives in memory until the restart.
"""

import time

from ansible.module_utils.common.text.converters import to_text
from ansible_collections.uniflash.camera.plugins.plugin_utils.camera import CameraAction, Lost, Trouble

PAUSE = 2
KEEPER = "uniflash-keeper"
ASK = "cat /proc/sys/kernel/random/boot_id && cat /proc/[0-9]*/comm 2>/dev/null; true"


class ActionModule(CameraAction):
    _VALID_ARGS = frozenset(("timeout", "not_boot"))

    def act(self, args):
        end = time.monotonic() + int(args.get("timeout", 0))
        while True:
            words, why = self.ask()
            if words and words[0] != args.get("not_boot"):
                return {"changed": False, "boot_id": words[0], "restart_due": KEEPER in words[1:]}
            if time.monotonic() >= end:
                raise Trouble("the camera does not answer: %s" % (why or "it has not restarted"), "unreachable")
            time.sleep(PAUSE)
            # What was connected to the system before does not reach the one after.
            self._connection.reset()

    def ask(self):
        try:
            status, out, err = self.sh(ASK)
        except Lost as lost:
            return None, str(lost)
        return to_text(out).split(), err or "status %d" % status
