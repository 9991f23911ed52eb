# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that the modules of published items share."""

from __future__ import annotations


class ModuleDocFragment:
    # Options that the state modules of all kinds share.
    DOCUMENTATION = r"""
options:
  name:
    description:
      - Name of the item, unique in its folder among those of its kind; letter case does not matter. Needed to add one.
    type: str
  folder:
    description:
      - Folder that holds the item, as the names of the folders from the top with slashes between them, for example
        V(Office/Tools); V(/) is the top, outside all folders. Letter case does not matter.
      - If neither this nor O(parent_id) is set, the item is looked for in all folders, and added at the top if none has
        it. If several have one of this name, the task fails and says where they are.
      - A new item needs a folder that is there, see M(deskops.vdi.ras_published_folder). In check mode a missing one is
        a warning. With O(state=absent) it is no failure, since what is in it is absent then.
      - Items are not moved. One of this name in another folder is another item.
      - Only servers of the current API have folders.
    type: str
  parent_id:
    description:
      - Id of the folder that holds the item, V(0) for the top. For folders whose own names contain a slash, and for
        those that share their path with another one.
      - Excludes O(folder).
    type: int
  enabled:
    description:
      - Whether users can see and start the item. Deprecated by the API in favour of O(enabled_mode), which it excludes.
    type: bool
  enabled_mode:
    description:
      - V(Disabled), V(Enabled) or V(Maintenance), which goes with O(maintenance_messages); or one of the API's numbers
        0 to 2. Current API only.
    type: str
  description:
    description:
      - Free text.
    type: str
  previous_id:
    description:
      - Id of the item that comes before this one in its folder.
    type: int
  publish_to_site:
    description:
      - Ids of all sites that the item is published to.
    type: list
    elements: int
  inherit_maintenance:
    description:
      - Whether the maintenance settings are inherited; from where is not documented. Current API only.
      - No source shows whether O(maintenance_messages) count while this is on, so it is not switched off with them.
    type: bool
  replicate_maintenance:
    description:
      - Whether the maintenance settings are replicated; to where is not documented. Current API only.
    type: bool
  maintenance_messages:
    description:
      - What users are told while the item is under maintenance, by language. Languages that are left out keep their
        text. Current API only.
    type: dict
    suboptions:
      de_de:
        description: German.
        type: str
      en_us:
        description: English.
        type: str
      es_es:
        description: Spanish.
        type: str
      fr_fr:
        description: French.
        type: str
      it_it:
        description: Italian.
        type: str
      ja_jp:
        description: Japanese.
        type: str
      ko_kr:
        description: Korean.
        type: str
      nl_nl:
        description: Dutch.
        type: str
      pt_br:
        description: Brazilian Portuguese.
        type: str
      zh_cn:
        description: Simplified Chinese.
        type: str
      zh_tw:
        description: Traditional Chinese.
        type: str
notes:
  - Published items do not tell their site. O(site) is handed to the server as the filter of its lists, and as the site
    of a new item; the latter is assumed. With O(id) it has no effect.
  - The documents list the paths on which items are changed and removed, but no body of such a request.
"""

    # Options that applications and desktops share.
    STARTABLE = r"""
options:
  publish_from:
    description:
      - What the item is published from, V(All) servers, a V(Group) of them, which is a host pool, or single ones, with
        V(Server). Follows from O(publish_from_servers) or O(publish_from_pools) if not set.
      - The names are those of PowerShell. Their numbers 0, 1 and 2 are assumed to follow the order of this list, and a
        number can be given instead.
    type: str
  publish_from_servers:
    description:
      - Names or addresses of all RDS servers that the item is published from; letter case does not matter. They replace
        those that it has.
      - Excludes O(publish_from_pools). May be empty only together with another O(publish_from) than V(Server).
    type: list
    elements: str
  publish_from_pools:
    description:
      - Names of all RDS host pools that the item is published from; letter case does not matter. They replace those
        that it has. Current API only.
      - Excludes O(publish_from_servers). May be empty only together with another O(publish_from) than V(Group).
    type: list
    elements: str
  start_on_logon:
    description:
      - Whether it starts as soon as the user logs on.
    type: bool
"""
