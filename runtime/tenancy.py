"""Tenants (VDN): virtual call centres in one switch, told apart by the names of what they have.

What a tenant has is called ``<tenant>/<name>`` inside the switch, such as ``acme/billing``; what belongs to
the house itself has its bare name. An id tells its tenant between its kind and its token:
``call-acme-5f0c9a1e7b2d4c38``. So no core has to know of tenants, and every name says whose it is.
"""

SEPARATOR = "/"
"""In no name that anybody gives."""
HOUSE = ""
"""Stands for the switch's own call centre, which is no tenant's."""
TENANT_PATTERN = r"^[a-z0-9_]{1,24}$"
"""Names of tenants: they stand in ids, whose parts dashes divide, and in names of files."""


def qualify(tenant: str, name: str) -> str:
    """The name inside the switch of what a tenant calls ``name``."""
    return f"{tenant}{SEPARATOR}{name}" if tenant else name


def tenant_of(name: str) -> str:
    """Whose object a name inside the switch names; HOUSE for one of the house."""
    tenant, separator, _ = name.partition(SEPARATOR)
    return tenant if separator else HOUSE


def bare(name: str) -> str:
    """What its owner calls it."""
    return name.partition(SEPARATOR)[2] if SEPARATOR in name else name


def id_kind(kind: str, tenant: str) -> str:
    """The prefix of new ids of a kind, such as ``call``, for ``Ids.new``."""
    return f"{kind}-{tenant}" if tenant else kind


def tenant_of_id(given: str) -> str:
    """Whose call, contact or recording an id names; HOUSE for one of the house."""
    _, _, rest = given.partition("-")
    return rest.rpartition("-")[0]
