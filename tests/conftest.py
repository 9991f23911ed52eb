# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Let tests import the collection by its full name, `ansible_collections.deskops.vdi`, under plain pytest."""

from __future__ import annotations

import os

from tools.collection_tree import link_tree


def _make_collection_importable() -> None:
    """Install Ansible's own importer, so that unit tests load plugins the way Ansible does."""
    path = str(link_tree())
    # Ansible reads its configuration when it is first imported: the environment comes first, the import after it.
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = path
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader([path])


# Now and not in a hook: conftest files of the folders below may import the collection at their top.
_make_collection_importable()
