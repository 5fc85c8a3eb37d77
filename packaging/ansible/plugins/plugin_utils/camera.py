# SPDX-License-Identifier: GPL-3.0-or-later
"""What all actions of this collection stand on: commands in a camera that has a shell and nothing else."""

import hashlib
import shlex

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.common.text.converters import to_text
from ansible.plugins.action import ActionBase

HASHES = {64: "sha256", 32: "md5"}


class Lost(Exception):
    """The connection ended before the command did: nobody knows what became of it."""


class Trouble(Exception):
    """What ends a task, in words for the user; status is what the report says."""

    def __init__(self, message, status="failed"):
        super().__init__(message)
        self.status = status


class CameraAction(ActionBase):
    """An action that runs on the controller and needs of the camera only sh, cat and sha256sum (or md5sum)."""

    TRANSFERS_FILES = False
    _VALID_ARGS = frozenset()

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        unknown = set(self._task.args) - self._VALID_ARGS
        if unknown:
            raise AnsibleError("unknown options: " + ", ".join(sorted(unknown)))
        self.task_vars = task_vars or {}
        try:
            result.update(self.act(self._task.args))
        except Lost as lost:
            result.update(failed=True, status="lost", msg="the camera does not answer any more: %s" % lost)
        except Trouble as trouble:
            result.update(failed=True, status=trouble.status, msg=str(trouble))
        return result

    def act(self, args):
        raise NotImplementedError

    def sh(self, command, data=None):
        """Status, standard output as bytes, standard error as text. Binary data passes as it is: no terminal."""
        if data is None:
            command = "{ %s\n} </dev/null" % command
        try:
            status, out, err = self._connection.exec_command(command, in_data=data, sudoable=False)
        except AnsibleConnectionFailure as failure:
            raise Lost(to_text(failure).strip()) from failure
        return status, out, to_text(err).strip()

    def digest(self, path):
        """The name of a hash and the digest of a file of the camera, or two Nones where there is no such file."""
        quoted = shlex.quote(path)
        out = self.sh("sha256sum %s 2>/dev/null || md5sum %s 2>/dev/null" % (quoted, quoted))[1]
        digest = to_text(out).split(" ")[0]
        return (HASHES[len(digest)], digest) if len(digest) in HASHES else (None, None)

    def holds(self, path, data):
        """Whether a file of the camera has this content."""
        name, digest = self.digest(path)
        return name is not None and hashlib.new(name, data).hexdigest() == digest
