"""What tells a param that is left out from one that is null."""

import enum
from typing import Final


class Unset(enum.Enum):
    """The type of `UNSET`."""

    UNSET = "UNSET"


UNSET: Final = Unset.UNSET
"""A param that is left out. `None` is null on the wire: in an update it clears the field."""
